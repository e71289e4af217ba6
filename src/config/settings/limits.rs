//! How much a client and an account may ask for.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Limits",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
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
];
