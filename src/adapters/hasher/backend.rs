use std::str::FromStr;

use crate::crypto::argon2id::{Argon2Backend, WrongHash};

/// Which backend is wanted to verify passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendChoice {
    /// The fastest that computes what the standard says.
    Auto,
    Portable,
}

impl BackendChoice {
    /// What it comes to where `check` finds the SIMD backend right or wrong.
    pub fn resolve(self, check: impl FnOnce() -> Result<(), WrongHash>) -> Argon2Backend {
        if self == Self::Portable {
            return Argon2Backend::Portable;
        }
        match check() {
            Ok(()) => Argon2Backend::Simd,
            Err(error) => {
                tracing::error!(
                    %error,
                    "the SIMD backend of Argon2 is wrong on this machine: passwords are verified with \
                     the portable one, which is slower"
                );
                Argon2Backend::Portable
            }
        }
    }

    /// What it comes to on this machine.
    pub fn resolve_here(self) -> Argon2Backend {
        self.resolve(|| Argon2Backend::Simd.check())
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
