use std::{fmt, str::FromStr};

use thiserror::Error;

/// What people call an account's owner: 1 to 128 characters without control
/// characters, kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must have 1 to 128 characters, none of them a control character")]
pub struct DisplayNameError;

impl DisplayName {
    pub const MAX_LENGTH: usize = 128;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DisplayName {
    type Err = DisplayNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = (1..=Self::MAX_LENGTH).contains(&text.chars().count());
        if length && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(DisplayNameError)
        }
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
