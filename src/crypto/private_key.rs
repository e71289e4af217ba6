use std::fmt;

use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A private key as PKCS#8 DER (RFC 5958). It is never printed and its memory
/// is wiped when it is dropped.
#[derive(Clone)]
pub struct PrivateKey(Zeroizing<Vec<u8>>);

impl PrivateKey {
    pub fn from_pkcs8_der(der: Zeroizing<Vec<u8>>) -> Self {
        Self(der)
    }

    pub fn pkcs8_der(&self) -> &[u8] {
        &self.0
    }
}

impl ZeroizeOnDrop for PrivateKey {}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([redacted])")
    }
}
