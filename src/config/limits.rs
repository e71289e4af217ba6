//! What is limited, and where it is counted.

use super::{ConfigError, reading, sources::Values};
use crate::{
    adapters::limiter::{FallbackPolicy, RedisUrl},
    usecases::RateLimits,
};

pub(super) fn rate_limits(values: &Values) -> Result<RateLimits, ConfigError> {
    Ok(RateLimits {
        auth: reading::rate_limit(values, "auth_rate_limit")?,
        register: reading::rate_limit(values, "register_rate_limit")?,
        password_strength: reading::rate_limit(values, "password_strength_rate_limit")?,
        account: reading::rate_limit(values, "account_rate_limit")?,
        token: reading::rate_limit(values, "token_rate_limit")?,
        revoke: reading::rate_limit(values, "revoke_rate_limit")?,
        introspect: reading::rate_limit(values, "introspect_rate_limit")?,
        account_changes: reading::rate_limit(values, "account_change_limit")?,
    })
}

/// `None`: in the server's own memory.
pub(super) fn url(values: &Values) -> Result<Option<RedisUrl>, ConfigError> {
    let text = values.optional_text(URL)?;
    text.map(|text| values.check(URL, text.parse())).transpose()
}

pub(super) fn fallback(values: &Values) -> Result<FallbackPolicy, ConfigError> {
    let name = "limiter_fallback";
    values.check(name, values.text(name)?.parse())
}

/// The setting whose text may hold a password.
pub(super) const URL: &str = "limiter_url";

/// That text without the password; of one that is no URL, nothing.
pub(super) fn shown_url(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let url = text.parse::<RedisUrl>();
    url.map_or_else(|_| "(not a URL)".to_owned(), |url| url.to_string())
}
