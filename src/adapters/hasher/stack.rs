//! What calls left behind on a thread's stack: the SIMD backend has the first bytes of
//! each password there, and does not clear them.

use std::hint::black_box;

/// Twice of what logins were seen to take.
const DEPTH: usize = 32 * 1024;

/// Overwrites what calls of the caller's that have returned left below it.
#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "that is what it is for")]
pub(super) fn overwrite() {
    black_box(&mut [0_u8; DEPTH]);
}
