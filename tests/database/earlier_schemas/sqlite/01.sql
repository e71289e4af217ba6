CREATE TABLE IF NOT EXISTS "seaql_migrations" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );
INSERT INTO seaql_migrations VALUES('m20261123_000001_create_users',1795880324);
CREATE TABLE IF NOT EXISTS "users" ( "id" varchar(36) NOT NULL PRIMARY KEY, "username" varchar(64) NOT NULL, "username_folded" varchar(64) NOT NULL, "email" varchar(254) NOT NULL, "email_folded" text NOT NULL, "password_hash" text NOT NULL, "status" varchar(16) NOT NULL, "date_registered" timestamp_with_timezone_text NOT NULL, "last_login" timestamp_with_timezone_text NULL );
INSERT INTO users VALUES('00000000-0000-4000-8000-000000000001','Ada','ada','Ada@example.com','ada@example.com','$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8','active','2026-01-01T00:00:01.000001+00:00','2026-01-02T00:00:00+00:00');
CREATE UNIQUE INDEX "users_username_folded_key" ON "users" ("username_folded");
CREATE UNIQUE INDEX "users_email_folded_key" ON "users" ("email_folded");
