use async_trait::async_trait;
use getrandom::SysRng;

use crate::{
    crypto::{self, PrivateKey},
    domain::{RsaKeySize, SigningAlgorithm},
    ports::{KeyGenerationFailed, KeyGenerator},
};

/// Makes keys on the runtime's blocking threads.
#[derive(Debug)]
pub struct BlockingKeyGenerator;

#[async_trait]
impl KeyGenerator for BlockingKeyGenerator {
    async fn generate(
        &self,
        algorithm: SigningAlgorithm,
        rsa_size: RsaKeySize,
    ) -> Result<PrivateKey, KeyGenerationFailed> {
        tokio::task::spawn_blocking(move || crypto::generate(&mut SysRng, algorithm, rsa_size))
            .await
            .map_err(|e| KeyGenerationFailed(e.to_string()))?
            .map_err(|e| KeyGenerationFailed(e.to_string()))
    }
}
