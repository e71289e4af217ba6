use std::fmt;

use base64::{
    Engine,
    alphabet::{self, Alphabet},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_URL_SAFE_NO_PAD,
};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::domain::MasterKeyId;

/// The 256-bit key-encryption key that wraps every data key. It is never
/// printed and its memory is wiped when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; Self::BYTES]);

/// The text is no master key. The message never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a master key is 32 bytes of text, or 64 hex digits, or base64 or base64url of 32 bytes \
     (43 characters, or 44 with padding); this one has {bytes} bytes{}",
    if *.length_fits { " but does not decode" } else { "" }
)]
pub struct MasterKeyFormat {
    bytes: usize,
    length_fits: bool,
}

impl MasterKey {
    pub const BYTES: usize = 32;

    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads a key in any of its accepted forms, which its length tells apart.
    pub fn parse(text: &str) -> Result<Self, MasterKeyFormat> {
        let format = |length_fits| MasterKeyFormat {
            bytes: text.len(),
            length_fits,
        };
        let mut key = Self([0; Self::BYTES]);
        let decoded = match text.len() {
            Self::BYTES => {
                key.0.copy_from_slice(text.as_bytes());
                true
            }
            64 => hex::decode_to_slice(text, &mut key.0).is_ok(),
            43 | 44 => decode_base64(text, &mut key.0),
            _ => return Err(format(false)),
        };
        decoded.then_some(key).ok_or(format(true))
    }

    /// The form that `parse` reads back: 43 characters of base64url.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }

    /// The key's name, from which the key cannot be computed.
    pub fn id(&self) -> MasterKeyId {
        let digest = Sha256::new()
            .chain_update(b"signet master key id v1\0")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        MasterKeyId::from_bytes(id)
    }

    pub(super) fn expose(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

fn decode_base64(text: &str, key: &mut [u8; MasterKey::BYTES]) -> bool {
    let alphabet: &Alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
        .decode_slice(text, key)
        .is_ok_and(|length| length == MasterKey::BYTES)
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}
