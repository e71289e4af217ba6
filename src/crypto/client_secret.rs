use std::fmt;

use aws_lc_rs::constant_time;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::SecretDigest;

/// A service client's secret. It is never printed and its memory is wiped when
/// it is dropped.
///
/// It is stored as its SHA-256. A slow hash protects secrets that can be
/// guessed; of 256 random bits none can, at any speed (NIST SP 800-63B-4
/// §3.1.1.2 asks for password hashing of what subscribers choose), and a fast
/// one leaves an attacker nothing to exhaust.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// A new one, of 256 random bits.
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whatever a client sent as its secret.
    pub fn presented(text: String) -> Self {
        Self(text)
    }

    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0.as_bytes()).into())
    }

    /// Compares in time that does not depend on where the first difference is.
    pub fn matches(&self, stored: &SecretDigest) -> bool {
        constant_time::verify_slices_are_equal(&self.digest().0, &stored.0).is_ok()
    }

    /// The clear text, for showing a new secret once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret([redacted])")
    }
}
