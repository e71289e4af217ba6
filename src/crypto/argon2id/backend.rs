use std::fmt;

use super::{HashMemory, WrongHash, check_vectors};

/// What verifies passwords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Argon2Backend {
    /// The `argon2` crate, which makes every hash that is stored.
    #[default]
    Portable,
    /// The `argon2-rust` crate, with the vector instructions that this
    /// processor has. It had no independent audit.
    Simd,
}

impl Argon2Backend {
    /// Has it hash what has a known hash.
    pub fn check(self) -> Result<(), WrongHash> {
        let most_kib = match self {
            // More is no other way for it, and would stay with the allocator.
            Self::Portable => 64,
            Self::Simd => u32::MAX,
        };
        let mut memory = HashMemory::new(self);
        check_vectors(most_kib, |inputs, output| memory.compute(inputs, output))
    }
}

impl fmt::Display for Argon2Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Portable => f.write_str("portable"),
            Self::Simd => write!(f, "SIMD, {}", argon2_rust::detected_backend()),
        }
    }
}
