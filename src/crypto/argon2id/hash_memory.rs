use std::fmt;

use argon2::Block;
use argon2_rust::Hasher;

use super::{
    Argon2Backend, HashingFailed, arena, blocks,
    inputs::{self, Inputs},
};
use crate::domain::Argon2Params;

/// The memory that hashes are computed in, allocated at the first hash and
/// reused by the next ones, and what computes in it.
pub struct HashMemory {
    portable: Vec<Block>,
    /// `None`: the portable backend verifies too.
    simd: Option<Hasher>,
}

impl HashMemory {
    /// For verifying with `backend`.
    pub fn new(backend: Argon2Backend) -> Self {
        Self {
            portable: Vec::new(),
            simd: match backend {
                Argon2Backend::Portable => None,
                Argon2Backend::Simd => Some(inputs::simd_hasher()),
            },
        }
    }

    /// By the portable backend.
    pub(super) fn compute_portably(
        &mut self,
        inputs: &Inputs<'_>,
        output: &mut [u8],
    ) -> Result<(), HashingFailed> {
        inputs.compute_portably(&mut self.portable, output)
    }

    /// By the backend that verifies.
    pub fn compute(&mut self, inputs: &Inputs<'_>, output: &mut [u8]) -> Result<(), HashingFailed> {
        match &mut self.simd {
            None => inputs.compute_portably(&mut self.portable, output),
            Some(hasher) => inputs.compute_simd(hasher, output),
        }
    }

    /// Gives back, wiped, what exceeds `params`: a hash with larger ones needed it.
    pub fn give_back_excess(&mut self, params: Argon2Params) {
        let usual = params.memory_kib() as usize;
        blocks::shrink(&mut self.portable, usual);
        if let Some(hasher) = &mut self.simd {
            arena::shrink(hasher, usual);
        }
    }

    /// Clears what the last passwords left, and gives back what exceeds
    /// `params`, and what only new hashes need, which are few.
    pub fn wipe(&mut self, params: Argon2Params) {
        self.give_back_excess(params);
        match &mut self.simd {
            None => blocks::wipe(&mut self.portable),
            Some(hasher) => {
                arena::overwrite(hasher);
                blocks::shrink(&mut self.portable, 0);
            }
        }
    }
}

impl Default for HashMemory {
    fn default() -> Self {
        Self::new(Argon2Backend::default())
    }
}

impl Drop for HashMemory {
    fn drop(&mut self) {
        blocks::wipe(&mut self.portable);
        if let Some(hasher) = &mut self.simd {
            arena::overwrite(hasher);
        }
    }
}

impl fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let portable = self.portable.len();
        match &self.simd {
            None => write!(f, "HashMemory({portable} blocks)"),
            Some(hasher) => {
                let simd = hasher.reserved_blocks();
                write!(
                    f,
                    "HashMemory({simd} SIMD blocks, {portable} portable blocks)"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use argon2_rust::Algorithm;

    use super::*;

    /// That has made and verified a hash.
    fn used(backend: Argon2Backend, params: Argon2Params) -> HashMemory {
        let mut memory = HashMemory::new(backend);
        let inputs = Inputs::new(params, b"a password", &[7; 16]);
        memory.compute_portably(&inputs, &mut [0; 32]).unwrap();
        memory.compute(&inputs, &mut [0; 32]).unwrap();
        memory
    }

    fn is_zero(block: &Block) -> bool {
        block.as_ref().iter().all(|word| *word == 0)
    }

    #[test]
    fn no_password_leaves_anything_in_wiped_portable_memory() {
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let mut memory = used(Argon2Backend::Portable, params);
        assert!(!memory.portable.iter().any(is_zero));
        memory.wipe(params);
        assert_eq!(memory.portable.len(), 8);
        assert!(memory.portable.iter().all(is_zero));
    }

    // The crate shows no block: only that what it computed last was Argon2d, which
    // hashes no password here.
    #[test]
    fn wiped_simd_memory_was_overwritten() {
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let mut memory = used(Argon2Backend::Simd, params);
        memory.wipe(params);
        let hasher = memory.simd.as_ref().unwrap();
        assert_eq!(hasher.algorithm(), Algorithm::Argon2d);
        assert_eq!(hasher.reserved_blocks(), 8);
        assert!(memory.portable.is_empty());
    }
}
