use std::{fmt, str::FromStr};

use thiserror::Error;

/// A login name: 3 to 64 characters of ASCII letters, digits and `. _ - @ +`,
/// kept as written and unique without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UsernameError {
    #[error("must have 3 to 64 characters")]
    Length,
    #[error("may hold only ASCII letters, digits and the characters . _ - @ +")]
    Character,
}

impl Username {
    pub const MIN_LENGTH: usize = 3;
    pub const MAX_LENGTH: usize = 64;

    /// The name as its owner wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique: two names with one folded form are the same name.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Username {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.chars().count()) {
            return Err(UsernameError::Length);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-@+".contains(c);
        if !text.chars().all(allowed) {
            return Err(UsernameError::Character);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
