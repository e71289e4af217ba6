use std::{fmt, sync::Arc};

use async_trait::async_trait;
use thiserror::Error;

use super::{HashPool, HashWatch, PoolError, PoolSettings, WrongPortable};
use crate::{
    crypto::{
        argon2id::{self, Argon2Backend, DECOY_BYTES, HashMemory, HashingFailed, SALT_BYTES},
        password_hash,
    },
    domain::{Argon2Params, Password, PasswordHash},
    ports::{Clock, Entropy, HashError, PasswordHasher},
};

#[derive(Debug, Error)]
pub enum StartError {
    #[error("the password hasher {0}")]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Decoy(#[from] HashingFailed),
    #[error(transparent)]
    Backend(#[from] WrongPortable),
}

/// Argon2id on a [`HashPool`], where imported hashes are verified too.
pub struct Argon2Hasher {
    params: Argon2Params,
    /// What a password is verified against when there is no account.
    decoy: PasswordHash,
    pool: HashPool,
    entropy: Arc<dyn Entropy>,
}

impl Argon2Hasher {
    /// Starts the threads. `params` are those of new hashes; older hashes are
    /// verified with their own. `backend` verifies.
    ///
    /// # Errors
    /// When the settings allow no work, or a thread does not start.
    pub fn new(
        params: Argon2Params,
        settings: PoolSettings,
        backend: Argon2Backend,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let mut chance = [0; DECOY_BYTES];
        entropy.fill(&mut chance);
        Ok(Self {
            params,
            decoy: PasswordHash::Own(argon2id::decoy(&chance, params)?),
            pool: HashPool::new(settings, params, backend, clock)?,
            entropy,
        })
    }

    /// Tells `watch` what becomes of the hashes; the first one that is given.
    pub fn watch(&self, watch: Arc<dyn HashWatch>) {
        self.pool.watch(watch);
    }

    /// How many hashes wait for a thread.
    pub fn queue_len(&self) -> usize {
        self.pool.queue_len()
    }

    async fn compute<T, F>(&self, work: F) -> Result<T, HashError>
    where
        T: Send + 'static,
        F: FnOnce(&mut HashMemory) -> Result<T, HashingFailed> + Send + 'static,
    {
        self.pool
            .submit(work)?
            .wait()
            .await?
            .map_err(|error| HashError::Failed(error.to_string()))
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let mut salt = [0; SALT_BYTES];
        self.entropy.fill(&mut salt);
        let (password, params) = (password.clone(), self.params);
        self.compute(move |memory| argon2id::hash(&password, &salt, params, memory))
            .await
            .map(PasswordHash::Own)
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        let (password, hash) = (password.clone(), hash.clone());
        self.compute(move |memory| password_hash::verify(&password, &hash, memory))
            .await
    }

    fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.params() != Some(self.params)
    }
}

impl fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Hasher")
            .field("params", &self.params)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}
