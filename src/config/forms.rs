//! The forms that several settings have. What is wrong is told with what is expected.

use std::{fmt, net::SocketAddr, ops::RangeInclusive, str::FromStr, time::Duration};

use super::{ConfigError, sources::Values};

/// Where to listen.
pub(super) fn address(values: &Values, name: &str) -> Result<SocketAddr, ConfigError> {
    values.parse(
        name,
        "an IP address and a port, like 127.0.0.1:8080 or [::]:8080",
    )
}

/// A whole number in the range.
pub(super) fn number<T>(
    values: &Values,
    name: &str,
    range: RangeInclusive<T>,
) -> Result<T, ConfigError>
where
    T: FromStr + PartialOrd + fmt::Display,
{
    let (start, end) = range.into_inner();
    let expected = format!("a whole number from {start} to {end}");
    let number: T = values.parse(name, &expected)?;
    if (start..=end).contains(&number) {
        return Ok(number);
    }
    let reason = format!("{number}: expected {expected}");
    Err(ConfigError::invalid(name, reason))
}

pub(super) fn duration(values: &Values, name: &str) -> Result<Duration, ConfigError> {
    let text = values.text(name)?;
    values.check(
        name,
        humantime::parse_duration(&text).map_err(|e| format!("{text:?}: {e} (like 15m or 2s)")),
    )
}

pub(super) fn switch(values: &Values, name: &'static str) -> Result<bool, ConfigError> {
    let text = values.text(name)?;
    let switched = match text.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("{text:?}: expected on or off")),
    };
    values.check(name, switched)
}
