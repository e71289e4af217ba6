//! Public keys as `SubjectPublicKeyInfo` in PEM (RFC 7468 §13).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use rsa::{
    BoxedUint, PublicKey,
    pkcs8::{
        EncodePublicKey,
        der::pem::{self, LineEnding},
    },
};
use thiserror::Error;

/// The JWK is none that Signet publishes.
#[derive(Debug, Error)]
#[error("cannot write the public key as PEM: {0}")]
pub struct NotWritable(String);

/// What stands before the uncompressed point of a P-256 key (RFC 5480 §2).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// What stands before the 32 bytes of an Ed25519 key (RFC 8410 §4).
const ED25519_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const COORDINATE: usize = 32;

pub fn public_key_pem(jwk: &Jwk) -> Result<String, NotWritable> {
    let der = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => rsa_der(&decode(&key.n)?, &decode(&key.e)?)?,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            let (x, y) = (coordinate(&key.x)?, coordinate(&key.y)?);
            [&P256_PREFIX[..], &[0x04], &x, &y].concat()
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            [&ED25519_PREFIX[..], &coordinate(&key.x)?].concat()
        }
        _ => return Err(NotWritable("a key of an unknown type".to_owned())),
    };
    pem::encode_string("PUBLIC KEY", LineEnding::LF, &der).map_err(|e| NotWritable(e.to_string()))
}

fn rsa_der(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, NotWritable> {
    let number = BoxedUint::from_be_slice_vartime;
    let key = PublicKey::new(number(modulus), number(exponent))
        .map_err(|e| NotWritable(e.to_string()))?;
    let der = key
        .to_public_key_der()
        .map_err(|e| NotWritable(e.to_string()))?;
    Ok(der.into_vec())
}

fn coordinate(text: &str) -> Result<Vec<u8>, NotWritable> {
    let bytes = decode(text)?;
    if bytes.len() == COORDINATE {
        Ok(bytes)
    } else {
        Err(NotWritable(format!(
            "a coordinate of {} bytes",
            bytes.len()
        )))
    }
}

fn decode(text: &str) -> Result<Vec<u8>, NotWritable> {
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|e| NotWritable(e.to_string()))
}
