//! Rows as each version wrote them, and how today's ports read them.

/// Rows that a version began to write.
pub(super) struct Written {
    /// How many migrations that version had applied.
    pub since: usize,
    pub sql: &'static str,
    /// One line for each row.
    pub read: &'static [&'static str],
}

pub(super) const WRITTEN: [Written; 13] = [
    Written {
        since: 1,
        sql: "INSERT INTO users (id, username, username_folded, email, email_folded, \
              password_hash, status, date_registered, last_login) VALUES \
              ('00000000-0000-4000-8000-000000000001', 'Ada', 'ada', 'Ada@example.com', \
              'ada@example.com', '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$\
              AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 'active', \
              '2026-01-01T00:00:01.000001+00:00', '2026-01-02T00:00:00+00:00')",
        read: &["user Ada <Ada@example.com> active, display name none, roles []"],
    },
    Written {
        since: 2,
        sql: "INSERT INTO keys (kid, algorithm, state, created_at, published_at, activated_at, \
              retired_at, expired_at, longest_lifetime, tokens_expire_at, public_jwk, \
              format_version, master_key_id, wrapped_data_key, nonce, ciphertext) VALUES \
              ('first', 'RS256', 'expired', '2026-01-01T00:00:00+00:00', \
              '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', \
              '2026-01-02T00:00:00+00:00', '2026-01-03T00:00:00+00:00', 900000000, \
              '2026-01-02T00:15:00+00:00', '{}', NULL, NULL, NULL, NULL, NULL), \
              ('second', 'ES256', 'active', '2026-01-01T00:00:00+00:00', \
              '2026-01-01T00:00:00+00:00', '2026-01-02T00:00:00+00:00', NULL, NULL, 900000000, \
              NULL, '{}', 1, '00112233aabbccdd', zeroblob(40), zeroblob(12), x'00'), \
              ('third', 'EdDSA', 'next', '2026-01-02T00:00:00+00:00', \
              '2026-01-02T00:00:00+00:00', NULL, NULL, NULL, 0, NULL, '{}', 1, \
              '00112233aabbccdd', zeroblob(40), zeroblob(12), x'00')",
        read: &[
            "key first RS256 expired, lifetime 900 s, still signing 0 s, not sealed",
            "key second ES256 active, lifetime 900 s, still signing 0 s, sealed",
            "key third EdDSA next, lifetime 0 s, still signing 0 s, sealed",
        ],
    },
    Written {
        since: 3,
        sql: "INSERT INTO auth_logs (request_timestamp, request_ip, user_id, outcome, user_agent, \
              request_id, kid, jti) VALUES ('2026-01-01T00:00:03+00:00', '192.0.2.1', \
              '00000000-0000-4000-8000-000000000001', 'success', 'curl', 'one', 'second', \
              '00000000-0000-4000-8000-000000000003')",
        read: &["event one of 192.0.2.1: success, session none, client none, by its network"],
    },
    Written {
        since: 4,
        sql: "INSERT INTO refresh_keys (id, created_at, signs_from, format_version, \
              master_key_id, wrapped_data_key, nonce, ciphertext) VALUES (1, \
              '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', 1, '00112233aabbccdd', \
              zeroblob(40), zeroblob(12), x'00')",
        read: &["refresh key 1"],
    },
    Written {
        since: 5,
        sql: "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ends_at, \
              address, user_agent, generation, refresh_key, history) VALUES \
              ('00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-000000000001', \
              '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', \
              '2099-01-01T00:00:00+00:00', '2099-01-01T00:00:00+00:00', '192.0.2.1', NULL, 2, 1, \
              '[[1,1767225600000000]]')",
        read: &["session 00000000-0000-4000-8000-000000000005 of generation 2, consumed 1"],
    },
    Written {
        since: 6,
        sql: "INSERT INTO clients (id, name, name_folded, secret_sha256, scopes, audience, \
              created_at) VALUES ('signet_client_one', 'Billing', 'billing', \
              '0000000000000000000000000000000000000000000000000000000000000000', 'read write', \
              '[\"https://api.example\"]', '2026-01-01T00:00:00+00:00'); \
              INSERT INTO revoked_tokens (jti, expires_at) VALUES \
              ('00000000-0000-4000-8000-000000000006', '2099-01-01T00:00:00+00:00')",
        read: &[
            "client Billing, scopes read write, for https://api.example",
            "revoked token",
        ],
    },
    Written {
        since: 7,
        sql: "INSERT INTO auth_logs (request_timestamp, request_ip, user_id, outcome, user_agent, \
              request_id, kid, jti, session_id, client_id) VALUES ('2026-01-01T00:00:07+00:00', \
              '2001:db8::7', NULL, 'wrong_client_secret', NULL, 'two', NULL, NULL, \
              '00000000-0000-4000-8000-000000000005', 'signet_client_one')",
        read: &["event two of 2001:db8::7: wrong_client_secret, session \
                 00000000-0000-4000-8000-000000000005, client signet_client_one, by its network"],
    },
    Written {
        since: 8,
        sql: "INSERT INTO keys (kid, algorithm, state, created_at, published_at, activated_at, \
              retired_at, longest_lifetime, still_signing, publish_ahead, tokens_expire_at, \
              public_jwk, format_version, master_key_id, wrapped_data_key, nonce, ciphertext) \
              VALUES ('eighth', 'PS256', 'retired', '2026-01-01T00:00:00+00:00', \
              '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', \
              '2026-01-02T00:00:00+00:00', 900000000, 130000000, 430000000, \
              '2026-01-02T00:15:00+00:00', '{}', 1, '00112233aabbccdd', zeroblob(40), \
              zeroblob(12), x'00')",
        read: &["key eighth PS256 retired, lifetime 900 s, still signing 130 s, sealed"],
    },
    Written {
        since: 9,
        sql: "INSERT INTO users (id, username, username_folded, email, email_folded, \
              password_hash, status, date_registered, last_login, display_name, roles) VALUES \
              ('00000000-0000-4000-8000-000000000009', 'bob', 'bob', 'bob@example.com', \
              'bob@example.com', '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY$\
              AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 'disabled', \
              '2026-01-01T00:00:09+00:00', NULL, 'Bob B.', 'admin'); \
              INSERT INTO user_roles (role, date_registered, user_id) VALUES ('admin', \
              '2026-01-01T00:00:09+00:00', '00000000-0000-4000-8000-000000000009')",
        read: &[
            "user bob <bob@example.com> disabled, display name Bob B., roles [admin]",
            "admin bob",
        ],
    },
    Written {
        since: 10,
        sql: "INSERT INTO invites (id, code_sha256, created_at, created_by, expires_at, used_at, \
              used_by) VALUES ('00000000-0000-4000-8000-000000000010', \
              '0000000000000000000000000000000000000000000000000000000000000010', \
              '2026-01-01T00:00:00+00:00', '00000000-0000-4000-8000-000000000009', \
              '2026-01-08T00:00:00+00:00', '2026-01-02T00:00:00+00:00', \
              '00000000-0000-4000-8000-000000000001')",
        read: &["invite 00000000-0000-4000-8000-000000000010, used"],
    },
    Written {
        since: 11,
        sql: "INSERT INTO audit_events (at, actor, action, target_kind, target_id, address, \
              user_agent, request_id, before, after) VALUES ('2026-01-01T00:00:11+00:00', \
              'command_line', 'key.revoke', 'key', 'first', NULL, NULL, NULL, \
              '{\"state\":\"active\"}', NULL)",
        read: &["audit command_line key.revoke first"],
    },
    Written {
        since: 12,
        sql: "INSERT INTO known_networks (user_id, network, last_login_at) VALUES \
              ('00000000-0000-4000-8000-000000000001', '192.0.2.1', \
              '2026-01-01T00:00:00+00:00')",
        read: &["known network"],
    },
    Written {
        since: 13,
        sql: "INSERT INTO auth_logs (request_timestamp, request_ip, user_id, outcome, user_agent, \
              request_id, kid, jti, session_id, client_id, address_key) VALUES \
              ('2026-01-01T00:00:13+00:00', '192.0.2.13', NULL, 'unknown_user', NULL, 'three', \
              NULL, NULL, NULL, NULL, x'00000000000000000000ffffc000020d')",
        read: &[
            "event three of 192.0.2.13: unknown_user, session none, client none, by its network",
        ],
    },
];
