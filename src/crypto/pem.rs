//! Signing keys as PEM (RFC 7468): private keys that come in from elsewhere,
//! public keys that go out.

use aws_lc_rs::error::KeyRejected;
use rsa::{
    pkcs1::RsaPrivateKeyRef,
    pkcs8::{PrivateKeyInfoRef, der::Decode},
};
use sec1::{EcParameters, EcPrivateKey};
use thiserror::Error;

use super::{KeyType, PrivateKey, UnsupportedKeyType, parsed_key::ParsedKey, pem_block::PemBlock};

/// The modulus sizes that RS256 and PS256 take: at least 2048 bits (RFC 7518
/// §3.3), and no more than aws-lc-rs signs with.
const MIN_RSA_BITS: usize = 2048;
const MAX_RSA_BITS: usize = 8192;

/// 65537: smaller public exponents make mistakes of padding fatal (NIST SP
/// 800-56B §6.2.1).
const MIN_RSA_EXPONENT: &[u8] = &[1, 0, 1];

const PKCS8: &str = "PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";

/// A private key that was read from PEM.
#[derive(Debug)]
pub struct ImportedKey {
    pub private_key: PrivateKey,
    /// Says which algorithms the key can sign with.
    pub key_type: KeyType,
}

/// Why a text is no private key that can be imported. No message repeats more
/// of the text than the labels of its blocks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PemError {
    #[error("no PEM: there is no line -----BEGIN PRIVATE KEY-----")]
    NoPem,
    #[error("the PEM block {0:?} is cut off, not base64 or not what its label says")]
    Malformed(String),
    #[error("the private key is encrypted: decrypt it first, for example with `openssl pkey`")]
    Encrypted,
    #[error("the PEM holds no private key, but a block {0:?}")]
    NoPrivateKey(String),
    #[error("the PEM holds {0} private keys: give one at a time")]
    SeveralKeys(usize),
    #[error("private keys in the form {0:?} are not read: convert it to PKCS#8 (PRIVATE KEY)")]
    OtherForm(String),
    #[error("the RSA key has {0} bits: at least {MIN_RSA_BITS} are needed (RFC 7518 §3.3)")]
    RsaTooSmall(usize),
    #[error("the RSA key has {0} bits: at most {MAX_RSA_BITS} are supported")]
    RsaTooLarge(usize),
    #[error("the RSA key has a public exponent below 65537")]
    SmallExponent,
    #[error(transparent)]
    Unsupported(#[from] UnsupportedKeyType),
    #[error("the {0} key is damaged: {1}")]
    Damaged(KeyType, String),
}

/// Reads the one private key in `text`: PKCS#8, PKCS#1 or SEC 1, not encrypted,
/// RSA of 2048 to 8192 bits, P-256 or Ed25519. Certificates, public keys and
/// curve parameters beside it are passed over.
pub fn read_private_key(text: &str) -> Result<ImportedKey, PemError> {
    let key = parse(&the_private_block(text)?)?;
    let key_type = key.key_type();
    let private_key = key
        .to_private_key()
        .map_err(|e| PemError::Damaged(key_type, e.to_string()))?;
    Ok(ImportedKey {
        private_key,
        key_type,
    })
}

fn the_private_block(text: &str) -> Result<PemBlock<'_>, PemError> {
    let blocks = PemBlock::all(text)?;
    let other = blocks.first().map(|block| block.label.to_owned());
    let mut private: Vec<_> = blocks
        .into_iter()
        .filter(|block| block.label.ends_with("PRIVATE KEY"))
        .collect();
    match (private.len(), private.pop(), other) {
        (1, Some(block), _) => Ok(block),
        (0, _, None) => Err(PemError::NoPem),
        (0, _, Some(label)) => Err(PemError::NoPrivateKey(label)),
        (several, ..) => Err(PemError::SeveralKeys(several)),
    }
}

fn parse(block: &PemBlock<'_>) -> Result<ParsedKey, PemError> {
    if block.is_encrypted() {
        return Err(PemError::Encrypted);
    }
    match block.label {
        PKCS8 => from_pkcs8(block),
        PKCS1 => from_pkcs1(block),
        SEC1 => from_sec1(block),
        other => Err(PemError::OtherForm(other.to_owned())),
    }
}

fn from_pkcs8(block: &PemBlock<'_>) -> Result<ParsedKey, PemError> {
    let der = block.decode()?;
    let info = PrivateKeyInfoRef::try_from(der.as_slice()).map_err(|_| block.malformed())?;
    let key_type = KeyType::from_pkcs8(&info)?;
    if key_type == KeyType::Rsa {
        check_rsa(block, info.private_key.as_bytes())?;
    }
    ParsedKey::from_pkcs8(key_type, &der).map_err(|e| damaged(key_type, e))
}

fn from_pkcs1(block: &PemBlock<'_>) -> Result<ParsedKey, PemError> {
    let der = block.decode()?;
    check_rsa(block, &der)?;
    ParsedKey::from_pkcs1(&der).map_err(|e| damaged(KeyType::Rsa, e))
}

fn from_sec1(block: &PemBlock<'_>) -> Result<ParsedKey, PemError> {
    let der = block.decode()?;
    let key = EcPrivateKey::try_from(der.as_slice()).map_err(|_| block.malformed())?;
    // RFC 5915 §3 demands the name.
    let Some(EcParameters::NamedCurve(curve)) = key.parameters else {
        return Err(block.malformed());
    };
    let key_type = KeyType::from_curve(curve)?;
    ParsedKey::from_sec1(&der).map_err(|e| damaged(key_type, e))
}

fn check_rsa(block: &PemBlock<'_>, pkcs1_der: &[u8]) -> Result<(), PemError> {
    let key = RsaPrivateKeyRef::from_der(pkcs1_der).map_err(|_| block.malformed())?;
    let modulus = key.modulus.as_bytes();
    let leading_zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = modulus.len() * 8 - leading_zeros as usize;
    match bits {
        0..MIN_RSA_BITS => Err(PemError::RsaTooSmall(bits)),
        MIN_RSA_BITS..=MAX_RSA_BITS if is_small(key.public_exponent.as_bytes()) => {
            Err(PemError::SmallExponent)
        }
        MIN_RSA_BITS..=MAX_RSA_BITS => Ok(()),
        _ => Err(PemError::RsaTooLarge(bits)),
    }
}

/// `exponent`: big-endian, without leading zeros.
fn is_small(exponent: &[u8]) -> bool {
    (exponent.len(), exponent) < (MIN_RSA_EXPONENT.len(), MIN_RSA_EXPONENT)
}

fn damaged(key_type: KeyType, error: KeyRejected) -> PemError {
    PemError::Damaged(key_type, error.to_string())
}
