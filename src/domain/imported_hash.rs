use std::{fmt, str::FromStr};

use thiserror::Error;

use super::{Argon2Hash, Argon2Params, Argon2ParamsError, BcryptHash, PasswordHashError};

/// A hash that another system made of the bytes that were typed.
///
/// Its cost is bounded, so that no login takes a worker for much more than a
/// second, nor more than 256 MiB: who made it is not who runs this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedHash {
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportedHashError {
    #[error(
        "must be a bcrypt hash ($2a$, $2b$ or $2y$) or an Argon2 hash as a PHC string \
         ($argon2id$, $argon2i$ or $argon2d$, version 16 or 19)"
    )]
    Syntax,
    #[error("bcrypt cost must be 4 to 14, not {0}")]
    BcryptCost(u32),
    #[error(transparent)]
    Argon2Params(Argon2ParamsError),
    #[error("Argon2 memory must be at most 262144 KiB (256 MiB), not {0} KiB")]
    Argon2Memory(u32),
    #[error("Argon2 memory times iterations must be at most 1048576 KiB (1 GiB), not {0} KiB")]
    Argon2Work(u64),
}

impl ImportedHash {
    /// What each worker may have to hold at once.
    pub const MAX_ARGON2_MEMORY_KIB: u32 = 256 * 1024;
    /// Memory times iterations, which the time of one verification follows.
    pub const MAX_ARGON2_WORK_KIB: u64 = 1024 * 1024;

    /// Refuses what would cost a login too much.
    pub fn check_cost(params: Argon2Params) -> Result<(), ImportedHashError> {
        let memory = params.memory_kib();
        if memory > Self::MAX_ARGON2_MEMORY_KIB {
            return Err(ImportedHashError::Argon2Memory(memory));
        }
        let work = params.work_kib();
        if work > Self::MAX_ARGON2_WORK_KIB {
            return Err(ImportedHashError::Argon2Work(work));
        }
        Ok(())
    }
}

impl FromStr for ImportedHash {
    type Err = ImportedHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.starts_with("$argon2") {
            return text.parse().map(Self::Bcrypt);
        }
        let hash: Argon2Hash = text.parse()?;
        Self::check_cost(hash.params())?;
        Ok(Self::Argon2(hash))
    }
}

impl From<PasswordHashError> for ImportedHashError {
    fn from(error: PasswordHashError) -> Self {
        match error {
            PasswordHashError::Syntax => Self::Syntax,
            PasswordHashError::Cost(error) => Self::Argon2Params(error),
            PasswordHashError::Imported(error) => error,
        }
    }
}

impl fmt::Display for ImportedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argon2(hash) => hash.fmt(f),
            Self::Bcrypt(hash) => hash.fmt(f),
        }
    }
}
