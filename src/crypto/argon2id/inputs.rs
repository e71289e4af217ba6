use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use argon2_rust::params::{Memory, TagLen};

use super::{HashingFailed, arena, blocks};
use crate::domain::{Argon2Params, Argon2Variant, Argon2Version};

/// What an Argon2 hash is a function of (RFC 9106 §3.1), the length of the
/// output aside. Without `Debug`: it holds a password.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub variant: Argon2Variant,
    pub version: Argon2Version,
    pub params: Argon2Params,
    pub password: &'a [u8],
    pub salt: &'a [u8],
    /// Empty for passwords, as is `data`; the standard's vectors have both.
    pub secret: &'a [u8],
    pub data: &'a [u8],
}

impl<'a> Inputs<'a> {
    /// Those of new hashes: Argon2id, version 1.3.
    pub fn new(params: Argon2Params, password: &'a [u8], salt: &'a [u8]) -> Self {
        Self {
            variant: Argon2Variant::Id,
            version: Argon2Version::V19,
            params,
            password,
            salt,
            secret: &[],
            data: &[],
        }
    }

    /// By the `argon2` crate, in blocks that grow where they are too few.
    pub(super) fn compute_portably(
        &self,
        blocks: &mut Vec<Block>,
        output: &mut [u8],
    ) -> Result<(), HashingFailed> {
        let algorithm = match self.variant {
            Argon2Variant::D => Algorithm::Argon2d,
            Argon2Variant::I => Algorithm::Argon2i,
            Argon2Variant::Id => Algorithm::Argon2id,
        };
        let version = match self.version {
            Argon2Version::V16 => Version::V0x10,
            Argon2Version::V19 => Version::V0x13,
        };
        let data = AssociatedData::new(self.data).map_err(HashingFailed::because)?;
        let params = ParamsBuilder::new()
            .m_cost(self.params.memory_kib())
            .t_cost(self.params.iterations())
            .p_cost(self.params.parallelism())
            .data(data)
            .output_len(output.len())
            .build()
            .map_err(HashingFailed::because)?;
        let needed = params.block_count();
        blocks::grow(blocks, needed);
        Argon2::new_with_secret(self.secret, algorithm, version, params)
            .and_then(|argon2| {
                let blocks = &mut blocks[..needed];
                argon2.hash_password_into_with_memory(self.password, self.salt, output, blocks)
            })
            .map_err(HashingFailed::because)
    }

    /// By the `argon2-rust` crate, in the memory of `hasher`, which grows where
    /// it is too small.
    pub(super) fn compute_simd(
        &self,
        hasher: &mut argon2_rust::Hasher,
        output: &mut [u8],
    ) -> Result<(), HashingFailed> {
        let algorithm = match self.variant {
            Argon2Variant::D => argon2_rust::Algorithm::Argon2d,
            Argon2Variant::I => argon2_rust::Algorithm::Argon2i,
            Argon2Variant::Id => argon2_rust::Algorithm::Argon2id,
        };
        let version = match self.version {
            Argon2Version::V16 => argon2_rust::Version::V0x10,
            Argon2Version::V19 => argon2_rust::Version::V0x13,
        };
        let params = argon2_rust::Params::builder()
            .memory(Memory::kib(self.params.memory_kib().into()))
            .passes(self.params.iterations())
            .lanes(self.params.parallelism())
            .tag_len(TagLen::bytes(output.len() as u64))
            .build()
            .map_err(HashingFailed::because)?;
        arena::outgrow(hasher, self.params);
        hasher.set_argon2(argon2_rust::Argon2::new(algorithm, version, params));
        hasher
            .hash_into_with_ad(self.password, self.salt, self.secret, self.data, output)
            .map_err(HashingFailed::because)
    }
}

/// Without memory yet; its parameters are set by each computation.
pub(super) fn simd_hasher() -> argon2_rust::Hasher {
    argon2_rust::Argon2::new(
        argon2_rust::Algorithm::Argon2id,
        argon2_rust::Version::V0x13,
        argon2_rust::Params::DEFAULT,
    )
    .hasher()
}
