//! Who may open an account, and with what password.

use super::{ConfigError, sources::Values};
use crate::domain::{PasswordPolicy, RegistrationMode};

pub(super) fn registration(values: &Values) -> Result<RegistrationMode, ConfigError> {
    let name = "registration";
    values
        .text(name)?
        .parse()
        .map_err(|()| ConfigError::invalid(name, "expected open, invite or closed"))
}

pub(super) fn password_policy(values: &Values) -> Result<PasswordPolicy, ConfigError> {
    let name = "password_min_length";
    let expected = "a whole number from 8 to 128";
    PasswordPolicy::new(values.parse(name, expected)?)
        .ok_or_else(|| ConfigError::invalid(name, format!("expected {expected}")))
}
