//! The memory of the SIMD backend, whose crate wipes after every hash or never,
//! by a feature that is off here. With it off the crate clears nothing on the stack
//! either: whoever keeps a thread does.

use std::panic::{AssertUnwindSafe, catch_unwind};

use argon2_rust::Hasher;

use super::{HashingFailed, OUTPUT_BYTES, SALT_BYTES, inputs::Inputs};
use crate::domain::{Argon2Params, Argon2Variant};

/// A pass over no password writes every block before it reads it (RFC 9106
/// §3.2), and leaves nothing that depends on the former ones.
pub(super) fn overwrite(hasher: &mut Hasher) {
    overwrite_by(hasher, |nothing, hasher| {
        nothing.compute_simd(hasher, &mut [0; OUTPUT_BYTES])
    });
}

/// Where the pass fails, in a panic too, the memory is given back at least: a thread that
/// hashes lives on.
fn overwrite_by(
    hasher: &mut Hasher,
    pass: impl FnOnce(&Inputs<'_>, &mut Hasher) -> Result<(), HashingFailed>,
) {
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
                ..Inputs::new(params, &[], &[0; SALT_BYTES])
            };
            let pass = AssertUnwindSafe(|| pass(&nothing, hasher));
            catch_unwind(pass).map_err(|_| HashingFailed::because("the computation panicked"))?
        });
    if overwritten.is_err() {
        hasher.clear();
    }
}

/// Gives it back where it is less than `params` need: the crate would do so, but
/// not wipe it.
pub(super) fn outgrow(hasher: &mut Hasher, params: Argon2Params) {
    // RFC 9106 §3.2: four slices of each lane, of whole blocks.
    let slices = 4 * params.parallelism();
    let needed = (params.memory_kib() / slices * slices) as usize;
    if (1..needed).contains(&hasher.reserved_blocks()) {
        shrink(hasher, 0);
    }
}

/// Gives it back where it is more than so many blocks.
pub(super) fn shrink(hasher: &mut Hasher, kept: usize) {
    if hasher.reserved_blocks() > kept {
        overwrite(hasher);
        hasher.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::panic;

    use super::{super::inputs::simd_hasher, *};

    fn params(memory_kib: u32) -> Argon2Params {
        Argon2Params::new(memory_kib, 1, 1).unwrap()
    }

    /// That has hashed a password.
    fn used() -> Hasher {
        let mut hasher = simd_hasher();
        Inputs::new(params(19), b"a password", &[7; SALT_BYTES])
            .compute_simd(&mut hasher, &mut [0; OUTPUT_BYTES])
            .unwrap();
        assert_eq!(hasher.algorithm(), argon2_rust::Algorithm::Argon2id);
        assert_eq!(hasher.reserved_blocks(), 16);
        hasher
    }

    /// The crate shows none of its blocks. It shows what it computed last: Argon2d
    /// hashes nothing here but no password.
    fn assert_overwritten(hasher: &Hasher) {
        assert_eq!(hasher.algorithm(), argon2_rust::Algorithm::Argon2d);
    }

    #[test]
    fn overwriting_is_a_pass_over_no_password_and_every_block() {
        let mut hasher = used();
        overwrite(&mut hasher);
        assert_overwritten(&hasher);
        assert_eq!(hasher.reserved_blocks(), 16);
    }

    #[test]
    fn memory_whose_overwriting_panics_is_given_back() {
        let mut hasher = used();
        // Unlike panic!, this prints nothing.
        overwrite_by(&mut hasher, |_, _| {
            panic::resume_unwind(Box::new("on purpose"))
        });
        assert_eq!(hasher.reserved_blocks(), 0);
    }

    #[test]
    fn memory_is_overwritten_before_more_is_taken() {
        let mut hasher = used();
        outgrow(&mut hasher, params(20));
        assert_overwritten(&hasher);
        assert_eq!(hasher.reserved_blocks(), 0);
    }

    #[test]
    fn memory_that_suffices_is_left_as_it_is() {
        let mut hasher = used();
        outgrow(&mut hasher, params(19));
        assert_eq!(hasher.algorithm(), argon2_rust::Algorithm::Argon2id);
        assert_eq!(hasher.reserved_blocks(), 16);
    }

    #[test]
    fn memory_is_overwritten_before_it_is_given_back() {
        let mut hasher = used();
        shrink(&mut hasher, 15);
        assert_overwritten(&hasher);
        assert_eq!(hasher.reserved_blocks(), 0);
    }
}
