use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use getrandom::SysRng;
use signet::{
    crypto::{PrivateKey, rsa},
    domain::{RsaKeySize, SigningAlgorithm},
    ports::{KeyGenerationFailed, KeyGenerator},
};

/// Keys that all tests of a process share: making one takes 0.2 s.
static KEYS: [LazyLock<PrivateKey>; 2] = [LazyLock::new(generate), LazyLock::new(generate)];

fn generate() -> PrivateKey {
    rsa::generate(&mut SysRng, RsaKeySize::Bits2048).unwrap()
}

pub fn private_key() -> PrivateKey {
    KEYS[0].clone()
}

pub fn another_private_key() -> PrivateKey {
    KEYS[1].clone()
}

/// Hands out the shared keys in turn and counts how often it was asked.
#[derive(Default)]
pub struct SharedKeys(AtomicUsize);

impl SharedKeys {
    pub fn made(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeyGenerator for SharedKeys {
    async fn generate(
        &self,
        _algorithm: SigningAlgorithm,
        _rsa_size: RsaKeySize,
    ) -> Result<PrivateKey, KeyGenerationFailed> {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(KEYS[count % KEYS.len()].clone())
    }
}
