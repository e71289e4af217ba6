use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use getrandom::SysRng;
use signet::{
    crypto::{self, KeyType, PrivateKey},
    domain::{RsaKeySize, SigningAlgorithm},
    ports::{KeyGenerationFailed, KeyGenerator},
};

/// Two keys of a type that all tests of a process share: making one of RSA
/// takes 0.2 s.
type SharedPair = [LazyLock<PrivateKey>; 2];

static RSA: SharedPair = [const { LazyLock::new(rsa) }; 2];
static P256: SharedPair = [const { LazyLock::new(p256) }; 2];
static ED25519: SharedPair = [const { LazyLock::new(ed25519) }; 2];

fn rsa() -> PrivateKey {
    generate(SigningAlgorithm::Rs256)
}

fn p256() -> PrivateKey {
    generate(SigningAlgorithm::Es256)
}

fn ed25519() -> PrivateKey {
    generate(SigningAlgorithm::EdDsa)
}

pub fn generate(algorithm: SigningAlgorithm) -> PrivateKey {
    crypto::generate(&mut SysRng, algorithm, RsaKeySize::Bits2048).unwrap()
}

fn shared(algorithm: SigningAlgorithm) -> &'static SharedPair {
    match KeyType::of(algorithm) {
        KeyType::Rsa => &RSA,
        KeyType::P256 => &P256,
        KeyType::Ed25519 => &ED25519,
    }
}

/// The first key that [`SharedKeys`] hands out for RS256.
pub fn private_key() -> PrivateKey {
    private_key_for(SigningAlgorithm::Rs256)
}

pub fn another_private_key() -> PrivateKey {
    RSA[1].clone()
}

/// The first key that [`SharedKeys`] hands out for `algorithm`.
pub fn private_key_for(algorithm: SigningAlgorithm) -> PrivateKey {
    shared(algorithm)[0].clone()
}

/// Hands out the shared keys in turn.
#[derive(Default)]
pub struct SharedKeys(AtomicUsize);

#[async_trait]
impl KeyGenerator for SharedKeys {
    async fn generate(
        &self,
        algorithm: SigningAlgorithm,
        _rsa_size: RsaKeySize,
    ) -> Result<PrivateKey, KeyGenerationFailed> {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let keys = shared(algorithm);
        Ok(keys[count % keys.len()].clone())
    }
}
