use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use rsa::{pkcs8::EncodePrivateKey, rand_core::TryCryptoRng};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{KeyType, PrivateKey};
use crate::domain::{RsaKeySize, SigningAlgorithm};

#[derive(Debug, Error)]
#[error("{0}")]
pub struct GenerationFailed(String);

/// Makes a key that `algorithm` signs with; `rsa_size` counts for RSA only.
/// That takes 0.2 s for 2048 bits and seconds for 4096: never on an async
/// thread. RSA keys draw on `rng`, the others on the generator of aws-lc-rs,
/// which takes no other.
pub fn generate<R: TryCryptoRng>(
    rng: &mut R,
    algorithm: SigningAlgorithm,
    rsa_size: RsaKeySize,
) -> Result<PrivateKey, GenerationFailed> {
    match KeyType::of(algorithm) {
        KeyType::Rsa => rsa::PrivateKey::new(rng, rsa_size.bits())
            .map_err(failed)?
            .to_pkcs8_der()
            .map(|der| private_key(der.as_bytes()))
            .map_err(failed),
        KeyType::P256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map(|der| private_key(der.as_ref()))
                .map_err(failed)
        }
        KeyType::Ed25519 => Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
            .map(|der| private_key(der.as_ref()))
            .map_err(failed),
    }
}

fn private_key(pkcs8_der: &[u8]) -> PrivateKey {
    PrivateKey::from_pkcs8_der(Zeroizing::new(pkcs8_der.to_vec()))
}

fn failed(error: impl fmt::Display) -> GenerationFailed {
    GenerationFailed(error.to_string())
}
