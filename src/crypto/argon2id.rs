//! Argon2id (RFC 9106) on memory that is kept between hashes. One hash takes
//! tens of milliseconds: never on an async thread.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use thiserror::Error;
use zeroize::Zeroize;

use crate::domain::{Argon2Params, Password, PasswordHash};

const OUTPUT_BYTES: usize = 32;
pub const SALT_BYTES: usize = 16;
/// The chance that a [`decoy`] is made of.
pub const DECOY_BYTES: usize = SALT_BYTES + OUTPUT_BYTES;

/// A salt or parameter that Argon2 does not take.
#[derive(Debug, Error)]
#[error("argon2id: {0}")]
pub struct HashingFailed(String);

/// The blocks that hashes are computed in, allocated at the first hash and
/// reused by the next ones.
#[derive(Default)]
pub struct HashMemory(Vec<Block>);

impl HashMemory {
    fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            self.0.resize(count, Block::new());
        }
        &mut self.0[..count]
    }

    /// Clears what the last passwords left, and gives back what exceeds
    /// `params` (an older hash may have needed more).
    pub fn wipe(&mut self, params: Argon2Params) {
        for block in &mut self.0 {
            block.zeroize();
        }
        let kept = params.memory_kib() as usize;
        if self.0.len() > kept {
            self.0.truncate(kept);
            self.0.shrink_to_fit();
        }
    }
}

impl fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashMemory({} blocks)", self.0.len())
    }
}

/// Hashes `password` under a salt that no other hash has.
pub fn hash(
    password: &Password,
    salt: &[u8; SALT_BYTES],
    params: Argon2Params,
    memory: &mut HashMemory,
) -> Result<PasswordHash, HashingFailed> {
    let mut output = [0; OUTPUT_BYTES];
    compute(password, salt, params, &mut output, memory)?;
    encode(params, salt, &output)
}

/// Recomputes `hash` from `password` and compares in constant time.
pub fn verify(
    password: &Password,
    hash: &PasswordHash,
    memory: &mut HashMemory,
) -> Result<bool, HashingFailed> {
    let mut output = vec![0; hash.output().len()];
    compute(password, hash.salt(), hash.params(), &mut output, memory)?;
    Ok(hash.output_equals(&output))
}

/// A hash of no password: its salt and output are chance instead of a
/// computation. Verifying against it costs what verifying against a real one
/// costs.
pub fn decoy(
    chance: &[u8; DECOY_BYTES],
    params: Argon2Params,
) -> Result<PasswordHash, HashingFailed> {
    let (salt, output) = chance.split_at(SALT_BYTES);
    encode(params, salt, output)
}

fn compute(
    password: &Password,
    salt: &[u8],
    params: Argon2Params,
    output: &mut [u8],
    memory: &mut HashMemory,
) -> Result<(), HashingFailed> {
    let params = argon2_params(params, output.len())?;
    let blocks = memory.blocks(params.block_count());
    let password = password.normalized();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)
        .map_err(failed)
}

fn encode(params: Argon2Params, salt: &[u8], output: &[u8]) -> Result<PasswordHash, HashingFailed> {
    let params = argon2_params(params, output.len())?;
    phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params).try_into().map_err(failed)?,
        salt: Some(phc::Salt::new(salt).map_err(failed)?),
        hash: Some(phc::Output::new(output).map_err(failed)?),
    }
    .try_into()
    .map_err(failed)
}

fn argon2_params(params: Argon2Params, output_bytes: usize) -> Result<Params, HashingFailed> {
    Params::new(
        params.memory_kib(),
        params.iterations(),
        params.parallelism(),
        Some(output_bytes),
    )
    .map_err(failed)
}

fn failed(error: impl fmt::Display) -> HashingFailed {
    HashingFailed(error.to_string())
}
