use std::fmt;

use rsa::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use thiserror::Error;

use crate::domain::SigningAlgorithm;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The kind of a private key, which decides what it can sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    Rsa,
    P256,
    Ed25519,
}

/// What a private key says that it is, and Signet does not sign with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnsupportedKeyType {
    #[error("keys of type {0} are not supported: use RSA, P-256 or Ed25519")]
    Algorithm(String),
    #[error("the elliptic curve {0} is not supported: use P-256")]
    Curve(String),
}

impl KeyType {
    /// The only type of key that `algorithm` takes.
    pub fn of(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => Self::Rsa,
            SigningAlgorithm::Es256 => Self::P256,
            SigningAlgorithm::EdDsa => Self::Ed25519,
        }
    }

    /// What keys of this type can sign with, the usual one first.
    pub fn algorithms(self) -> &'static [SigningAlgorithm] {
        match self {
            Self::Rsa => &[SigningAlgorithm::Rs256, SigningAlgorithm::Ps256],
            Self::P256 => &[SigningAlgorithm::Es256],
            Self::Ed25519 => &[SigningAlgorithm::EdDsa],
        }
    }

    /// Reads the algorithm identifier (RFC 8017 §A.1, RFC 5480 §2.1, RFC 8410 §3).
    pub(super) fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Self, UnsupportedKeyType> {
        match info.algorithm.oid {
            RSA => Ok(Self::Rsa),
            ED25519 => Ok(Self::Ed25519),
            ELLIPTIC_CURVE => match info.algorithm.parameters_oid() {
                Ok(curve) => Self::from_curve(curve),
                Err(_) => Err(UnsupportedKeyType::Curve("that has no name".to_owned())),
            },
            other => Err(UnsupportedKeyType::Algorithm(name(other))),
        }
    }

    pub(super) fn from_curve(curve: ObjectIdentifier) -> Result<Self, UnsupportedKeyType> {
        if curve == P256 {
            Ok(Self::P256)
        } else {
            Err(UnsupportedKeyType::Curve(name(curve)))
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::P256 => "P-256",
            Self::Ed25519 => "Ed25519",
        })
    }
}

/// What people call an identifier; the identifier itself where that is unknown.
fn name(identifier: ObjectIdentifier) -> String {
    let identifier = identifier.to_string();
    match identifier.as_str() {
        "1.2.840.113549.1.1.10" => "RSASSA-PSS".to_owned(),
        "1.2.840.10040.4.1" => "DSA".to_owned(),
        "1.3.101.110" => "X25519".to_owned(),
        "1.3.101.111" => "X448".to_owned(),
        "1.3.101.113" => "Ed448".to_owned(),
        "1.3.132.0.10" => "secp256k1".to_owned(),
        "1.3.132.0.34" => "P-384".to_owned(),
        "1.3.132.0.35" => "P-521".to_owned(),
        _ => identifier,
    }
}
