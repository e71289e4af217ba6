use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::SecretDigest;

/// What opens one account where registration is not for everyone. It is never
/// printed and its memory is wiped when it is dropped. It is stored as its
/// SHA-256, for the reason that [`ClientSecret`](super::ClientSecret) gives.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct InviteCode(String);

impl InviteCode {
    /// Tells people and secret scanners what it is.
    const PREFIX: &str = "signet_inv_";

    /// A new one, of 256 random bits.
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(format!(
            "{}{}",
            Self::PREFIX,
            BASE64_URL_SAFE_NO_PAD.encode(bytes)
        ))
    }

    /// Whatever someone sent as an invite.
    pub fn presented(text: String) -> Self {
        Self(text)
    }

    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The clear text, for showing a new code once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteCode([redacted])")
    }
}
