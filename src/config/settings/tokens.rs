//! What tokens say, and the keys that sign them.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Tokens and keys",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
    setting(
        "issuer",
        "",
        "the tokens' `iss`; by default `http://`, or with TLS `https://`, and the listen address",
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
];
