use async_trait::async_trait;
use thiserror::Error;

use crate::{
    crypto::PrivateKey,
    domain::{RsaKeySize, SigningAlgorithm},
};

#[derive(Debug, Error)]
#[error("cannot make a signing key: {0}")]
pub struct KeyGenerationFailed(pub String);

#[async_trait]
pub trait KeyGenerator: Send + Sync {
    /// Makes a key that no one has seen. It MUST NOT block the async threads.
    async fn generate(
        &self,
        algorithm: SigningAlgorithm,
        rsa_size: RsaKeySize,
    ) -> Result<PrivateKey, KeyGenerationFailed>;
}
