use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::domain::{Password, PasswordHash};

#[derive(Debug, Error)]
pub enum HashError {
    /// More is waiting than can be done in time.
    #[error("the password hasher is busy")]
    Busy { retry_after: Duration },
    #[error("the password hasher failed: {0}")]
    Failed(String),
}

/// Argon2id, and what was imported, off the async threads, with a bound on what runs and what waits.
///
/// Every method MUST refuse with `Busy`, rather than wait, what would exceed
/// the bound on waiting, and MUST do work in the order in which it came.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes with the current parameters under a fresh salt.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Whether `hash` was made of `password`.
    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError>;

    /// A hash with the current parameters that no password matches: verified
    /// in place of the hash of an account that does not exist, so that the time
    /// does not tell.
    fn decoy(&self) -> &PasswordHash;

    /// Whether `hash` is another kind of hash than new ones are, or has other
    /// parameters.
    fn is_outdated(&self, hash: &PasswordHash) -> bool;
}
