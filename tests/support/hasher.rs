use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryHasher,
    domain::{Argon2Params, Password, PasswordHash},
    ports::{HashError, PasswordHasher},
};

use super::{entropy::CountingEntropy, fixtures::cheap_params};

/// What a hasher was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashWork {
    Hash,
    /// A verification, with the parameters that it ran with.
    Verify(Argon2Params),
}

/// Notes each piece of work before doing it, and refuses what it is told to.
pub struct SpyHasher {
    inner: MemoryHasher,
    params: Argon2Params,
    work: Mutex<Vec<HashWork>>,
    busy: Mutex<Option<HashWork>>,
}

impl SpyHasher {
    pub fn new() -> Arc<Self> {
        Self::with_params(cheap_params())
    }

    pub fn with_params(params: Argon2Params) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryHasher::new(params, Arc::new(CountingEntropy::default())),
            params,
            work: Mutex::default(),
            busy: Mutex::default(),
        })
    }

    /// Answers this kind of work with `Busy` from now on.
    pub fn be_busy_for(&self, work: HashWork) {
        *self.busy.lock().unwrap() = Some(work);
    }

    /// What was done since the last call.
    pub fn take_work(&self) -> Vec<HashWork> {
        std::mem::take(&mut self.work.lock().unwrap())
    }

    fn note(&self, work: HashWork) -> Result<(), HashError> {
        self.work.lock().unwrap().push(work);
        if *self.busy.lock().unwrap() == Some(work) {
            return Err(HashError::Busy {
                retry_after: Duration::from_millis(2500),
            });
        }
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for SpyHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.note(HashWork::Hash)?;
        self.inner.hash(password).await
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        self.note(HashWork::Verify(hash.params()))?;
        self.inner.verify(password, hash).await
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        self.note(HashWork::Verify(self.params))?;
        self.inner.verify_nobody(password).await
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        self.inner.is_outdated(hash)
    }
}
