//! RSA keys: generation and encoding only. Signing is done elsewhere, with a
//! key pair that is parsed once.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, RSAKeyParameters, RSAKeyType};
use rsa::{
    PrivateKey as RsaPrivateKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
    rand_core::TryCryptoRng,
    traits::PublicKeyParts,
};
use zeroize::Zeroizing;

use super::PrivateKey;
use crate::domain::RsaKeySize;

/// Makes a key. Takes 0.2 s for 2048 bits and seconds for 4096: never on an
/// async thread.
pub fn generate<R: TryCryptoRng>(rng: &mut R, size: RsaKeySize) -> rsa::Result<PrivateKey> {
    let key = RsaPrivateKey::new(rng, size.bits())?;
    let der = key.to_pkcs8_der()?;
    Ok(PrivateKey::from_pkcs8_der(Zeroizing::new(
        der.as_bytes().to_vec(),
    )))
}

/// The public members of a JWK (RFC 7518 §6.3.1), derived from the private key.
pub(super) fn public_parameters(key: &PrivateKey) -> rsa::Result<AlgorithmParameters> {
    let key = RsaPrivateKey::from_pkcs8_der(key.pkcs8_der())?;
    Ok(AlgorithmParameters::RSA(RSAKeyParameters {
        key_type: RSAKeyType::RSA,
        n: BASE64_URL_SAFE_NO_PAD.encode(key.n_bytes()),
        e: BASE64_URL_SAFE_NO_PAD.encode(key.e_bytes()),
    }))
}
