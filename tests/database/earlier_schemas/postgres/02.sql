CREATE TABLE public.keys (
    kid character varying(256) NOT NULL,
    algorithm character varying(16) NOT NULL,
    state character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    activated_at timestamp with time zone,
    retired_at timestamp with time zone,
    expired_at timestamp with time zone,
    longest_lifetime bigint NOT NULL,
    tokens_expire_at timestamp with time zone,
    public_jwk text NOT NULL,
    format_version smallint,
    master_key_id character varying(16),
    wrapped_data_key bytea,
    nonce bytea,
    ciphertext bytea
);
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
INSERT INTO public.keys VALUES ('first', 'RS256', 'expired', '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00', '2026-01-03 00:00:00+00', 900000000, '2026-01-02 00:15:00+00', '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.keys VALUES ('second', 'ES256', 'active', '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00', NULL, NULL, 900000000, NULL, '{}', 1, '3ceabdd01bbfa99c', '\x0ee2bd8c2dcda8d7feb46c9e3539fe4c7bf186e409285bf22e0148488f97776f6c92cf0295808723', '\x020202020202020202020202', '\x5845e98793ed4b4cb2451e3a3a1f2cda9fdf729868aa5b471fc9d37c7184b42bfa821d9b7b91aee04789dfd487502266a1b2558b6f11e72e35a6e5cd0dc877312707fc4006ba4364c586ef466afafbf823f2c095bdde53a8f0e1724d90c9eba0a34cb5ddf22bcd7a10a95c13f74c8a3d1433717c190fd68cdfe5d456849adf56fed119f147105feeb1e6e2da1ae4378ff5dc32f8559e613f5f9e');
INSERT INTO public.keys VALUES ('third', 'EdDSA', 'next', '2026-01-02 00:00:00+00', '2026-01-02 00:00:00+00', NULL, NULL, NULL, 0, NULL, '{}', 1, '00112233aabbccdd', '\x00000000000000000000000000000000000000000000000000000000000000000000000000000000', '\x000000000000000000000000', '\x00');
INSERT INTO public.seaql_migrations VALUES ('m20261123_000001_create_users', 1795880326);
INSERT INTO public.seaql_migrations VALUES ('m20261123_000002_create_keys', 1795880326);
INSERT INTO public.users VALUES ('00000000-0000-4000-8000-000000000001', 'Ada', 'ada', 'Ada@example.com', 'ada@example.com', '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 'active', '2026-01-01 00:00:01.000001+00', '2026-01-02 00:00:00+00');
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (kid);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX keys_one_active_one_next_key ON public.keys USING btree (state) WHERE ((state)::text = ANY ((ARRAY['active'::character varying, 'next'::character varying])::text[]));
CREATE UNIQUE INDEX users_email_folded_key ON public.users USING btree (email_folded);
CREATE UNIQUE INDEX users_username_folded_key ON public.users USING btree (username_folded);
