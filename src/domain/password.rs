use std::{fmt, str::FromStr};

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Argon2Params, Argon2ParamsError};

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

/// An Argon2id hash as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
/// Its cost parameters lie within [`Argon2Params`]' limits, so that whoever can
/// write a row cannot make one verification take the machine.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    phc: phc::PasswordHash,
    params: Argon2Params,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordHashError {
    #[error("is not a PHC string of Argon2id, version 19, with salt and hash")]
    Syntax,
    #[error(transparent)]
    Cost(#[from] Argon2ParamsError),
}

impl PasswordHash {
    pub fn params(&self) -> Argon2Params {
        self.params
    }

    pub fn salt(&self) -> &[u8] {
        self.phc.salt.as_ref().map_or(&[], |salt| salt.as_ref())
    }

    pub fn output(&self) -> &[u8] {
        self.phc.hash.as_ref().map_or(&[], phc::Output::as_bytes)
    }

    /// Compares in time that does not depend on where the first difference is.
    pub fn output_equals(&self, output: &[u8]) -> bool {
        let computed = phc::Output::new(output).ok();
        computed.is_some() && computed == self.phc.hash
    }
}

impl TryFrom<phc::PasswordHash> for PasswordHash {
    type Error = PasswordHashError;

    fn try_from(phc: phc::PasswordHash) -> Result<Self, Self::Error> {
        const VERSION: u32 = 0x13;
        let decimal = |name| {
            phc.params
                .get_decimal(name)
                .ok_or(PasswordHashError::Syntax)
        };
        let complete = phc.salt.is_some() && phc.hash.is_some();
        if phc.algorithm.as_str() != "argon2id" || phc.version != Some(VERSION) || !complete {
            return Err(PasswordHashError::Syntax);
        }
        if phc.params.iter().count() != 3 {
            return Err(PasswordHashError::Syntax);
        }
        let params = Argon2Params::new(decimal("m")?, decimal("t")?, decimal("p")?)?;
        Ok(Self { phc, params })
    }
}

impl FromStr for PasswordHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        phc::PasswordHash::new(text)
            .map_err(|_| PasswordHashError::Syntax)?
            .try_into()
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phc.fmt(f)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:?}, [redacted])", self.params)
    }
}
