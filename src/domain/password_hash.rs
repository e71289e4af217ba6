use std::{fmt, str::FromStr};

use thiserror::Error;

use super::{Argon2Params, Argon2ParamsError, Argon2idHash, ImportedHash, ImportedHashError};

/// What the password of an account is verified against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordHash {
    /// Made by Signet.
    Own(Argon2idHash),
    /// Made by another system, until its owner's next login.
    Imported(ImportedHash),
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordHashError {
    #[error("is not a PHC string of Argon2id, version 19, with salt and hash")]
    Syntax,
    #[error(transparent)]
    Cost(#[from] Argon2ParamsError),
    #[error(transparent)]
    Imported(#[from] ImportedHashError),
}

impl PasswordHash {
    /// What tells an imported hash from one of Signet's own where it is stored:
    /// the same PHC string would be verified on other bytes.
    const IMPORTED: &str = "imported:";

    /// The cost of one of Signet's own.
    pub fn params(&self) -> Option<Argon2Params> {
        match self {
            Self::Own(hash) => Some(hash.params()),
            Self::Imported(_) => None,
        }
    }
}

/// As it is stored.
impl FromStr for PasswordHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix(Self::IMPORTED) {
            Some(imported) => Ok(Self::Imported(imported.parse()?)),
            None => text.parse().map(Self::Own),
        }
    }
}

/// As it is stored.
impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(hash) => hash.fmt(f),
            Self::Imported(hash) => write!(f, "{}{hash}", Self::IMPORTED),
        }
    }
}
