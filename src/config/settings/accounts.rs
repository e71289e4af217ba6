//! Accounts, their sessions, and what is recorded of them.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Accounts and sessions",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
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
        "auth_log_retention",
        "180days",
        "how long the auth log keeps an event, `1day` to `3650days`",
    ),
    setting(
        "audit_log_retention",
        "3650days",
        "how long the audit log keeps an event, `1day` to `3650days`",
    ),
];
