use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

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
    /// NFKC makes a text in UTF-8 at most so many times as long (UAX #15 §9).
    const NFKC_GROWTH: usize = 11;

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

    /// The clear text as it was given, for showing a generated password once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text in NFKC (UAX #15), which is what hashes are made of: what looks
    /// alike is one password, on whatever keyboard it was typed
    /// (NIST SP 800-63B-4 §3.1.1.2).
    pub fn normalized(&self) -> Zeroizing<String> {
        // With room for any text: growing would leave copies behind.
        let room = self.0.len() * Self::NFKC_GROWTH;
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.extend(self.0.nfkc());
        text
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}
