//! What connections speak, and what clients may take by them.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Connections",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
    setting(
        "tls_cert",
        "",
        "PEM file of the TLS certificate, with those that vouch for it; by default HTTP without TLS",
    ),
    setting("tls_key", "", "PEM file of its private key"),
    setting(
        "request_head_timeout",
        "10s",
        "how long a request's head may take to arrive, `100ms` to `1h`; the first one's with the TLS handshake",
    ),
    setting(
        "request_timeout",
        "30s",
        "how long a whole request may take to arrive, from its first byte; then 408",
    ),
    setting(
        "keep_alive_timeout",
        "60s",
        "how long a connection may wait for its next request",
    ),
    setting(
        "write_timeout",
        "30s",
        "how long a client may take in nothing of its answer",
    ),
    setting(
        "max_connections",
        "10000",
        "connections at once, 1 to 1000000; above it: 503",
    ),
    setting(
        "max_connections_per_client",
        "100",
        "the same for each client, loopback and `SIGNET_TRUSTED_PROXIES` excepted",
    ),
    setting(
        "drain_delay",
        "0s",
        "how long a stopping server still takes new connections, at most `1h`",
    ),
    setting(
        "drain_timeout",
        "10s",
        "how long accepted requests may take to finish after that, at most `1h`",
    ),
];
