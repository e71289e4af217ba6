use std::str::FromStr;

use thiserror::Error;

use crate::crypto::argon2id::{Argon2Backend, WrongHash};

/// Which backend is wanted to verify passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendChoice {
    /// The SIMD one where it computes what the standard says.
    Auto,
    Portable,
}

/// What it would make could be verified nowhere else.
#[derive(Debug, Error)]
#[error(
    "the portable backend of Argon2, which makes every hash that is stored, is wrong on this \
     machine: {0}"
)]
pub struct WrongPortable(WrongHash);

impl BackendChoice {
    /// What it comes to where `check` finds each backend right or wrong.
    ///
    /// # Errors
    /// When the portable one is wrong, whichever is wanted.
    pub fn resolve(
        self,
        mut check: impl FnMut(Argon2Backend) -> Result<(), WrongHash>,
    ) -> Result<Argon2Backend, WrongPortable> {
        check(Argon2Backend::Portable).map_err(WrongPortable)?;
        if self == Self::Portable {
            return Ok(Argon2Backend::Portable);
        }
        Ok(match check(Argon2Backend::Simd) {
            Ok(()) => Argon2Backend::Simd,
            Err(error) => {
                tracing::error!(
                    %error,
                    "the SIMD backend of Argon2 is wrong on this machine: passwords are verified with \
                     the portable one, which is slower"
                );
                Argon2Backend::Portable
            }
        })
    }

    /// What it comes to on this machine.
    ///
    /// # Errors
    /// When the portable backend is wrong.
    pub fn resolve_here(self) -> Result<Argon2Backend, WrongPortable> {
        self.resolve(Argon2Backend::check)
    }
}

impl FromStr for BackendChoice {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "portable" => Ok(Self::Portable),
            _ => Err("must be `auto` or `portable`"),
        }
    }
}
