use async_trait::async_trait;
use getrandom::SysRng;

use crate::{
    crypto::{PrivateKey, rsa},
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
        let SigningAlgorithm::Rs256 = algorithm;
        tokio::task::spawn_blocking(move || rsa::generate(&mut SysRng, rsa_size))
            .await
            .map_err(|e| KeyGenerationFailed(e.to_string()))?
            .map_err(|e| KeyGenerationFailed(e.to_string()))
    }
}
