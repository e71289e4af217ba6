CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.users (
    id character varying(36) NOT NULL,
    username character varying(64) NOT NULL,
    username_folded character varying(64) NOT NULL,
    email character varying(254) NOT NULL,
    email_folded text NOT NULL,
    password_hash text NOT NULL,
    status character varying(16) NOT NULL,
    date_registered timestamp with time zone NOT NULL,
    last_login timestamp with time zone
);
INSERT INTO public.seaql_migrations VALUES ('m20261123_000001_create_users', 1795880325);
INSERT INTO public.users VALUES ('00000000-0000-4000-8000-000000000001', 'Ada', 'ada', 'Ada@example.com', 'ada@example.com', '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 'active', '2026-01-01 00:00:01.000001+00', '2026-01-02 00:00:00+00');
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX users_email_folded_key ON public.users USING btree (email_folded);
CREATE UNIQUE INDEX users_username_folded_key ON public.users USING btree (username_folded);
