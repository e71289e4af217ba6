//! Argon2 (RFC 9106) on memory that is kept between hashes. One hash takes
//! milliseconds: never on an async thread.
//!
//! Every hash that is stored is made by the `argon2` crate. Verifying may be
//! left to a faster one, whose wrong results can refuse a login and spoil nothing.

mod arena;
mod backend;
mod blocks;
mod hash_memory;
mod inputs;

mod vectors;

use std::fmt;

use argon2::{Algorithm, Params, Version};
use thiserror::Error;
use zeroize::Zeroizing;

pub use self::{
    backend::Argon2Backend,
    hash_memory::HashMemory,
    inputs::Inputs,
    vectors::{WrongHash, check_vectors},
};
use crate::domain::{Argon2Hash, Argon2Params, Argon2idHash, Password};

const OUTPUT_BYTES: usize = 32;
pub const SALT_BYTES: usize = 16;
/// The chance that a [`decoy`] is made of.
pub const DECOY_BYTES: usize = SALT_BYTES + OUTPUT_BYTES;

/// A salt or parameter that the algorithm does not take.
#[derive(Debug, Error)]
#[error("hashing a password: {0}")]
pub struct HashingFailed(String);

impl HashingFailed {
    pub fn because(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Hashes `password` under a salt that no other hash has.
pub fn hash(
    password: &Password,
    salt: &[u8; SALT_BYTES],
    params: Argon2Params,
    memory: &mut HashMemory,
) -> Result<Argon2idHash, HashingFailed> {
    let mut output = [0; OUTPUT_BYTES];
    let text = password.normalized();
    let inputs = Inputs::new(params, text.as_bytes(), salt);
    memory.compute_portably(&inputs, &mut output)?;
    encode(params, salt, &output)
}

/// Recomputes `hash` from `password` and compares in constant time.
pub fn verify(
    password: &Password,
    hash: &Argon2idHash,
    memory: &mut HashMemory,
) -> Result<bool, HashingFailed> {
    verify_bytes(password.normalized().as_bytes(), hash.as_argon2(), memory)
}

/// The same of any Argon2 hash and of the bytes that it was made of.
pub(super) fn verify_bytes(
    password: &[u8],
    hash: &Argon2Hash,
    memory: &mut HashMemory,
) -> Result<bool, HashingFailed> {
    let inputs = Inputs {
        variant: hash.variant(),
        version: hash.version(),
        ..Inputs::new(hash.params(), password, hash.salt())
    };
    let mut output = Zeroizing::new(vec![0; hash.output().len()]);
    memory.compute(&inputs, &mut output)?;
    Ok(hash.output_equals(&output))
}

/// A hash of no password: its salt and output are chance instead of a
/// computation. Verifying against it costs what verifying against a real one
/// costs.
pub fn decoy(
    chance: &[u8; DECOY_BYTES],
    params: Argon2Params,
) -> Result<Argon2idHash, HashingFailed> {
    let (salt, output) = chance.split_at(SALT_BYTES);
    encode(params, salt, output)
}

fn encode(params: Argon2Params, salt: &[u8], output: &[u8]) -> Result<Argon2idHash, HashingFailed> {
    let params = Params::new(
        params.memory_kib(),
        params.iterations(),
        params.parallelism(),
        Some(output.len()),
    )
    .map_err(HashingFailed::because)?;
    let phc = phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params).try_into().map_err(HashingFailed::because)?,
        salt: Some(phc::Salt::new(salt).map_err(HashingFailed::because)?),
        hash: Some(phc::Output::new(output).map_err(HashingFailed::because)?),
    };
    let hash = Argon2Hash::try_from(phc).and_then(Argon2idHash::try_from);
    hash.map_err(HashingFailed::because)
}
