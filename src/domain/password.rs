use std::fmt;

use thiserror::Error;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password in clear text, of at most 1,024 bytes. It is never printed and
/// its memory is wiped when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most 1,024 bytes")]
    Length,
}

impl Password {
    pub const MAX_BYTES: usize = 1024;

    pub fn new(mut text: String) -> Result<Self, PasswordError> {
        if text.is_empty() {
            return Err(PasswordError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            text.zeroize();
            return Err(PasswordError::Length);
        }
        Ok(Self(text))
    }

    /// One of the server's making: 122 random bits (RFC 9562 §5.4).
    pub fn generate(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }

    /// The clear text, for hashing and for showing a generated password once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}
