//! How a server is watched.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Logs and metrics",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
    setting(
        "log",
        "info",
        "what is logged: a level, or a `tracing-subscriber` filter",
    ),
    setting(
        "access_log",
        "off",
        "whether every request is logged, whatever `SIGNET_LOG` says: `on` or `off`",
    ),
    setting(
        "metrics_listen",
        "",
        "address and port of `/metrics` for Prometheus; by default there is none",
    ),
];
