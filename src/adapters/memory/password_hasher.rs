use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    crypto::argon2id::{self, HashMemory, SALT_BYTES},
    domain::{Argon2Params, Password, PasswordHash},
    ports::{Entropy, HashError, PasswordHasher},
};

/// Real Argon2id on the calling thread. Nothing ever waits here, so it is
/// never busy; with more than cheap parameters it would hold up other tasks.
pub struct MemoryHasher {
    params: Argon2Params,
    entropy: Arc<dyn Entropy>,
}

impl MemoryHasher {
    /// With the least that Argon2 takes (RFC 9106 §3.1): 8 KiB, one pass, one
    /// lane. Microseconds to compute, and as little to guess: for tests.
    #[expect(clippy::missing_panics_doc, reason = "it does not panic")]
    pub fn cheap(entropy: Arc<dyn Entropy>) -> Self {
        let params = Argon2Params::new(8, 1, 1).expect("these are the lower limits themselves");
        Self::new(params, entropy)
    }

    pub fn new(params: Argon2Params, entropy: Arc<dyn Entropy>) -> Self {
        Self { params, entropy }
    }

    fn hash_now(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let mut salt = [0; SALT_BYTES];
        self.entropy.fill(&mut salt);
        let mut memory = HashMemory::default();
        let hash = argon2id::hash(password, &salt, self.params, &mut memory);
        memory.wipe(self.params);
        hash.map_err(|error| HashError::Failed(error.to_string()))
    }
}

#[async_trait]
impl PasswordHasher for MemoryHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.hash_now(password)
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        let mut memory = HashMemory::default();
        let verified = argon2id::verify(password, hash, &mut memory);
        memory.wipe(self.params);
        verified.map_err(|error| HashError::Failed(error.to_string()))
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        self.hash_now(password).map(drop)
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.params() != self.params
    }
}

impl fmt::Debug for MemoryHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryHasher")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}
