//! Argon2 (RFC 9106) on memory that is kept between hashes. One hash takes
//! tens of milliseconds: never on an async thread.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use thiserror::Error;
use zeroize::Zeroize;

use crate::domain::{
    Argon2Hash, Argon2Params, Argon2Variant, Argon2Version, Argon2idHash, Password,
};

const OUTPUT_BYTES: usize = 32;
/// What new hashes are made with.
const CURRENT: (Algorithm, Version) = (Algorithm::Argon2id, Version::V0x13);
pub const SALT_BYTES: usize = 16;
/// The chance that a [`decoy`] is made of.
pub const DECOY_BYTES: usize = SALT_BYTES + OUTPUT_BYTES;

/// A salt or parameter that the algorithm does not take.
#[derive(Debug, Error)]
#[error("hashing a password: {0}")]
pub struct HashingFailed(String);

impl HashingFailed {
    pub(super) fn because(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

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
) -> Result<Argon2idHash, HashingFailed> {
    let mut output = [0; OUTPUT_BYTES];
    let text = password.normalized();
    let algorithm = Argon2::new(CURRENT.0, CURRENT.1, argon2_params(params, OUTPUT_BYTES)?);
    compute(&algorithm, text.as_bytes(), salt, &mut output, memory)?;
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
    let variant = match hash.variant() {
        Argon2Variant::D => Algorithm::Argon2d,
        Argon2Variant::I => Algorithm::Argon2i,
        Argon2Variant::Id => Algorithm::Argon2id,
    };
    let version = match hash.version() {
        Argon2Version::V16 => Version::V0x10,
        Argon2Version::V19 => Version::V0x13,
    };
    let mut output = vec![0; hash.output().len()];
    let params = argon2_params(hash.params(), output.len())?;
    let algorithm = Argon2::new(variant, version, params);
    compute(&algorithm, password, hash.salt(), &mut output, memory)?;
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

fn compute(
    algorithm: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
    memory: &mut HashMemory,
) -> Result<(), HashingFailed> {
    let blocks = memory.blocks(algorithm.params().block_count());
    algorithm
        .hash_password_into_with_memory(password, salt, output, blocks)
        .map_err(HashingFailed::because)
}

fn encode(params: Argon2Params, salt: &[u8], output: &[u8]) -> Result<Argon2idHash, HashingFailed> {
    let params = argon2_params(params, output.len())?;
    let (variant, version) = CURRENT;
    let phc = phc::PasswordHash {
        algorithm: variant.ident(),
        version: Some(version.into()),
        params: (&params).try_into().map_err(HashingFailed::because)?,
        salt: Some(phc::Salt::new(salt).map_err(HashingFailed::because)?),
        hash: Some(phc::Output::new(output).map_err(HashingFailed::because)?),
    };
    let hash = Argon2Hash::try_from(phc).and_then(Argon2idHash::try_from);
    hash.map_err(HashingFailed::because)
}

fn argon2_params(params: Argon2Params, output_bytes: usize) -> Result<Params, HashingFailed> {
    Params::new(
        params.memory_kib(),
        params.iterations(),
        params.parallelism(),
        Some(output_bytes),
    )
    .map_err(HashingFailed::because)
}
