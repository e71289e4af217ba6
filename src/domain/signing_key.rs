use std::{fmt, str::FromStr};

use thiserror::Error;

use super::Timestamp;

/// A key id (`kid`): the RFC 7638 SHA-256 thumbprint of the public key, or the
/// id that an imported key had before.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyRecord;

    /// 1 to 256 visible ASCII characters, which any header and log line can carry.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if visible && (1..=256).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKeyRecord("kid"))
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that names none of the values its field can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a valid {0}")]
pub struct InvalidKeyRecord(pub &'static str);

/// A JWS algorithm that Signet signs with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    #[default]
    Rs256,
    /// RSASSA-PSS with SHA-256 (RFC 7518 §3.5).
    Ps256,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
    /// Ed25519 (RFC 8037 §3.1).
    EdDsa,
}

impl SigningAlgorithm {
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The name in a JWS header (`alg`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningAlgorithm {
    type Err = InvalidKeyRecord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or(InvalidKeyRecord("algorithm"))
    }
}

/// Where a key stands in its life. It only ever moves down this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, and the one that signs next.
    Next,
    /// Published, and the one that signs.
    Active,
    /// Published for the tokens that it signed; signs no more.
    Retired,
    /// Not published. Its private part is gone; the rest is history.
    Expired,
}

impl KeyState {
    pub const ALL: [Self; 4] = [Self::Next, Self::Active, Self::Retired, Self::Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Expired => "expired",
        }
    }
}

impl FromStr for KeyState {
    type Err = InvalidKeyRecord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(InvalidKeyRecord("state"))
    }
}

/// The modulus size of generated RSA keys, in bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RsaKeySize {
    #[default]
    Bits2048,
    Bits3072,
    Bits4096,
}

impl RsaKeySize {
    pub fn bits(self) -> usize {
        match self {
            Self::Bits2048 => 2048,
            Self::Bits3072 => 3072,
            Self::Bits4096 => 4096,
        }
    }

    pub fn from_bits(bits: usize) -> Option<Self> {
        match bits {
            2048 => Some(Self::Bits2048),
            3072 => Some(Self::Bits3072),
            4096 => Some(Self::Bits4096),
            _ => None,
        }
    }
}

/// What never changes about a signing key. The envelope binds all of it, so
/// that a sealed key opens only under the record it was sealed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    pub kid: KeyId,
    pub algorithm: SigningAlgorithm,
    pub created_at: Timestamp,
}
