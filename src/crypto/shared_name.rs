use std::fmt;

use aws_lc_rs::hmac;

use super::MasterKey;

/// Stands for submitted names in a store that others may read: people type
/// passwords into the wrong field, and of a bare digest whoever has it could try
/// them. With another master key the same name is another.
pub struct SharedNames(hmac::Key);

impl SharedNames {
    pub fn new(key: &MasterKey) -> Self {
        let master = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
        let derived = hmac::sign(&master, b"signet shared names v1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// In hex, for the digest that stands for the name here.
    pub fn name(&self, digest: &[u8; 32]) -> String {
        hex::encode(hmac::sign(&self.0, digest))
    }
}

impl fmt::Debug for SharedNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedNames")
    }
}
