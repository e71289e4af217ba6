//! Every setting by its name, with its default and its meaning.

use super::setting::{Setting, setting};

pub const SETTINGS: &[Setting] = &[
    setting("listen", "127.0.0.1:8080", "address and port to listen on"),
    setting(
        "data_dir",
        "./data",
        "folder of the database; made with mode 0700",
    ),
    setting(
        "database_url",
        "",
        "`sqlite:PATH`, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; by default `signet.db` in the data folder",
    ),
    setting(
        "database_pool_size",
        "",
        "connections to PostgreSQL, 2 to 1000; by default 10",
    ),
    setting(
        "database_connect_timeout",
        "",
        "how long a start waits for PostgreSQL, `100ms` to `5min`; by default `10s`",
    ),
    setting(
        "database_acquire_timeout",
        "",
        "how long a request waits for a connection to PostgreSQL, `100ms` to `5min`; by default `5s`",
    ),
    setting(
        "database_statement_timeout",
        "",
        "how long PostgreSQL works on one statement, `100ms` to `5min`; by default `10s`",
    ),
    setting(
        "issuer",
        "",
        "the tokens' `iss`; by default `http://` and the listen address",
    ),
    setting(
        "audience",
        "",
        "the tokens' `aud`, one or several; by default the issuer",
    ),
    setting("client_id", "signet", "the tokens' `client_id`"),
    setting(
        "access_token_ttl",
        "15m",
        "the tokens' lifetime, `1s` to `1day`",
    ),
    setting(
        "signing_algorithm",
        "RS256",
        "algorithm of new signing keys: `RS256`, `PS256`, `ES256` or `EdDSA`",
    ),
    setting(
        "key_bits",
        "2048",
        "size of new RSA keys: 2048, 3072 or 4096",
    ),
    setting(
        "key_rotation_interval",
        "30days",
        "how long a signing key signs before the next one takes over",
    ),
    setting(
        "jwks_max_age",
        "5m",
        "how long verifiers may use the key set without asking again",
    ),
    setting(
        "clock_skew",
        "1m",
        "how far the clocks of servers and verifiers may be apart",
    ),
    setting(
        "key_refresh",
        "10s",
        "how often a server rereads the key set",
    ),
    setting(
        "key_staleness",
        "1m",
        "how old a key set a server may sign from",
    ),
    setting(
        "session_idle_ttl",
        "30days",
        "a session ends when it is not refreshed for so long, at most `365days`",
    ),
    setting(
        "session_max_ttl",
        "180days",
        "a session ends after so long, however often it is refreshed",
    ),
    setting(
        "refresh_reuse_window",
        "10s",
        "how long a consumed refresh token still yields the current one, at most `5m`",
    ),
    setting(
        "registration",
        "open",
        "who may register: `open`, `invite` or `closed`",
    ),
    setting(
        "password_min_length",
        "12",
        "the fewest bytes of chosen passwords, 8 to 128",
    ),
    setting(
        "auth_log_retention",
        "180days",
        "how long the auth log keeps an event, `1day` to `3650days`",
    ),
    setting(
        "audit_log_retention",
        "3650days",
        "how long the audit log keeps an event, `1day` to `3650days`",
    ),
    setting(
        "argon2_memory_kib",
        "19456",
        "memory of one hash in KiB, at most 1048576",
    ),
    setting("argon2_iterations", "2", "passes of one hash, 1 to 64"),
    setting("argon2_parallelism", "1", "lanes of one hash, 1 to 16"),
    setting(
        "argon2_backend",
        "auto",
        "what verifies passwords: `auto`, the fastest that is right here, or `portable`",
    ),
    setting(
        "hash_workers",
        "",
        "hashes computed at once, at most 1024; by default the number of cores",
    ),
    setting(
        "hash_queue_per_worker",
        "64",
        "hashes that may wait for each worker, at most 10000",
    ),
    setting(
        "hash_max_wait",
        "2s",
        "the longest expected wait for a hash, `100ms` to `1min`; above it: 503",
    ),
    setting(
        "auth_rate_limit",
        "10/1s",
        "`POST /auth` per client, or `off`",
    ),
    setting(
        "register_rate_limit",
        "5/1s",
        "`POST /register` per client, or `off`",
    ),
    setting(
        "password_strength_rate_limit",
        "50/1s",
        "`POST /password/strength` per client, or `off`",
    ),
    setting(
        "account_rate_limit",
        "50/1s",
        "`POST /me/password`, `PATCH /me` and `DELETE /me` together per client, or `off`",
    ),
    setting(
        "account_change_limit",
        "30/1h",
        "changes by `PATCH /me`, and likewise of the password, per account, or `off`",
    ),
    setting(
        "token_rate_limit",
        "50/1s",
        "`POST /token` per client, or `off`",
    ),
    setting(
        "revoke_rate_limit",
        "50/1s",
        "`POST /revoke` per client, or `off`",
    ),
    setting(
        "introspect_rate_limit",
        "50/1s",
        "`POST /introspect` per client, or `off`",
    ),
    setting(
        "rate_limit_clients",
        "100000",
        "clients that the limiter remembers, at least 1000",
    ),
    setting(
        "limiter_url",
        "",
        "Redis on which servers share their limits, `redis://`, `rediss://` or `unix://`; by default each counts on its own",
    ),
    setting(
        "limiter_fallback",
        "local",
        "while that Redis is away: count on its own (`local`), `deny` or `allow`",
    ),
    setting(
        "account_throttle",
        "on",
        "whether consecutive failures delay an account name: `on` or `off`",
    ),
    setting(
        "trusted_proxies",
        "",
        "addresses or CIDRs of proxies whose header is believed",
    ),
    setting(
        "client_ip_header",
        "X-Forwarded-For",
        "the header they write, or `Forwarded`",
    ),
    setting(
        "cors_origins",
        "",
        "origins whose pages may call the API, like `https://app.example`",
    ),
    setting(
        "migrate_on_start",
        "true",
        "whether `serve` brings the schema up to date",
    ),
    setting(
        "log",
        "info",
        "what is logged: a level, or a `tracing-subscriber` filter",
    ),
];
