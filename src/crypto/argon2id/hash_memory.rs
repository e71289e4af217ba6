use std::fmt;

use argon2::Block;
use argon2_rust::Hasher;
use zeroize::Zeroize;

use super::{
    Argon2Backend, HashingFailed,
    inputs::{self, Inputs},
};
use crate::domain::{Argon2Params, Argon2Variant};

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
        self.shrink_portable(usual);
        if let Some(hasher) = &mut self.simd
            && hasher.reserved_blocks() > usual
        {
            overwrite(hasher);
            hasher.clear();
        }
    }

    /// Clears what the last passwords left, and gives back what exceeds
    /// `params`, and what only new hashes need, which are few.
    pub fn wipe(&mut self, params: Argon2Params) {
        self.give_back_excess(params);
        match &mut self.simd {
            None => self.wipe_portable(),
            Some(hasher) => {
                overwrite(hasher);
                self.shrink_portable(0);
            }
        }
    }

    fn shrink_portable(&mut self, kept: usize) {
        if self.portable.len() > kept {
            self.wipe_portable();
            self.portable.truncate(kept);
            self.portable.shrink_to_fit();
        }
    }

    fn wipe_portable(&mut self) {
        for block in &mut self.portable {
            block.zeroize();
        }
    }
}

/// The crate wipes after every hash or never, by a feature that is off here. A
/// pass over no password writes every block before it reads it (RFC 9106
/// §3.2), and leaves nothing that depends on the former ones.
fn overwrite(hasher: &mut Hasher) {
    let Ok(blocks) = u32::try_from(hasher.reserved_blocks()) else {
        return hasher.clear();
    };
    if blocks == 0 {
        return;
    }
    let overwritten = Argon2Params::new(blocks, 1, 1)
        .map_err(HashingFailed::because)
        .and_then(|params| {
            let nothing = Inputs {
                variant: Argon2Variant::D,
                ..Inputs::new(params, &[], &[0; super::SALT_BYTES])
            };
            nothing.compute_simd(hasher, &mut [0; super::OUTPUT_BYTES])
        });
    if overwritten.is_err() {
        hasher.clear();
    }
}

impl Default for HashMemory {
    fn default() -> Self {
        Self::new(Argon2Backend::default())
    }
}

impl Drop for HashMemory {
    fn drop(&mut self) {
        self.wipe_portable();
        if let Some(hasher) = &mut self.simd {
            overwrite(hasher);
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
