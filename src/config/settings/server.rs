//! What the server as a whole is told.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Server",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
    setting("listen", "127.0.0.1:8080", "address and port to listen on"),
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
];
