use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    crypto::{
        argon2id::{self, DECOY_BYTES, HashMemory, HashingFailed, SALT_BYTES},
        password_hash,
    },
    domain::{Argon2Params, Password, PasswordHash},
    ports::{Entropy, HashError, PasswordHasher},
};

/// Real Argon2id on the calling thread. Nothing ever waits here, so it is
/// never busy; with more than cheap parameters it would hold up other tasks.
pub struct MemoryHasher {
    params: Argon2Params,
    decoy: PasswordHash,
    entropy: Arc<dyn Entropy>,
}

impl MemoryHasher {
    pub fn new(params: Argon2Params, entropy: Arc<dyn Entropy>) -> Result<Self, HashingFailed> {
        let mut chance = [0; DECOY_BYTES];
        entropy.fill(&mut chance);
        Ok(Self {
            params,
            decoy: PasswordHash::Own(argon2id::decoy(&chance, params)?),
            entropy,
        })
    }
}

#[async_trait]
impl PasswordHasher for MemoryHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let mut salt = [0; SALT_BYTES];
        self.entropy.fill(&mut salt);
        let mut memory = HashMemory::default();
        let hash = argon2id::hash(password, &salt, self.params, &mut memory);
        memory.wipe(self.params);
        hash.map(PasswordHash::Own)
            .map_err(|error| HashError::Failed(error.to_string()))
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        let mut memory = HashMemory::default();
        let verified = password_hash::verify(password, hash, &mut memory);
        memory.wipe(self.params);
        verified.map_err(|error| HashError::Failed(error.to_string()))
    }

    fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.params() != Some(self.params)
    }
}

impl fmt::Debug for MemoryHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryHasher")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}
