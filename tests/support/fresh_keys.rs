use async_trait::async_trait;
use getrandom::SysRng;
use signet::{
    crypto::{self, PrivateKey},
    domain::{RsaKeySize, SigningAlgorithm},
    ports::{KeyGenerationFailed, KeyGenerator},
};

/// Makes a new key at each call, which takes microseconds for Ed25519.
pub struct FreshKeys;

#[async_trait]
impl KeyGenerator for FreshKeys {
    async fn generate(
        &self,
        algorithm: SigningAlgorithm,
        rsa_size: RsaKeySize,
    ) -> Result<PrivateKey, KeyGenerationFailed> {
        crypto::generate(&mut SysRng, algorithm, rsa_size)
            .map_err(|e| KeyGenerationFailed(e.to_string()))
    }
}
