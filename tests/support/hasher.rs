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
use tokio::sync::Semaphore;

use super::{entropy::CountingEntropy, fixtures::cheap_params};

/// What a hasher was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashWork {
    Hash,
    /// A verification, with the parameters that it ran with; none of an imported hash.
    Verify(Option<Argon2Params>),
}

/// Notes each piece of work before doing it, and refuses what it is told to.
pub struct SpyHasher {
    inner: MemoryHasher,
    work: Mutex<Vec<HashWork>>,
    busy: Mutex<Option<HashWork>>,
}

impl SpyHasher {
    pub fn new() -> Arc<Self> {
        Self::with_params(cheap_params())
    }

    pub fn with_params(params: Argon2Params) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryHasher::new(params, Arc::new(CountingEntropy::default())).unwrap(),
            work: Mutex::default(),
            busy: Mutex::default(),
        })
    }

    /// Answers this kind of work with `Busy` from now on.
    pub fn be_busy_for(&self, work: HashWork) {
        *self.busy.lock().unwrap() = Some(work);
    }

    /// Does all work from now on.
    pub fn be_free(&self) {
        *self.busy.lock().unwrap() = None;
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

    fn decoy(&self) -> &PasswordHash {
        self.inner.decoy()
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        self.inner.is_outdated(hash)
    }
}

/// Holds every verification until the test opens the gate.
pub struct GatedHasher {
    inner: Arc<SpyHasher>,
    entered: Semaphore,
    gate: Semaphore,
}

impl GatedHasher {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: SpyHasher::new(),
            entered: Semaphore::new(0),
            gate: Semaphore::new(0),
        })
    }

    /// What was done since the last call.
    pub fn take_work(&self) -> Vec<HashWork> {
        self.inner.take_work()
    }

    /// Waits until a verification has begun.
    pub async fn entered(&self) {
        self.entered.acquire().await.unwrap().forget();
    }

    /// Lets one verification go on.
    pub fn open(&self) {
        self.gate.add_permits(1);
    }
}

#[async_trait]
impl PasswordHasher for GatedHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.inner.hash(password).await
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        self.entered.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        self.inner.verify(password, hash).await
    }

    fn decoy(&self) -> &PasswordHash {
        self.inner.decoy()
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        self.inner.is_outdated(hash)
    }
}
