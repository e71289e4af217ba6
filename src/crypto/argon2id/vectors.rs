use thiserror::Error;

use super::{HashingFailed, Inputs};
use crate::domain::{
    Argon2Params,
    Argon2Variant::{self, D, I, Id},
    Argon2Version::{self, V16, V19},
};

/// A backend computes something else than Argon2 here.
#[derive(Debug, Error)]
pub enum WrongHash {
    #[error("its hash is not the known one of {0}")]
    Differs(&'static str),
    #[error("it makes no hash where {source_of_vector} knows one: {error}")]
    Failed {
        source_of_vector: &'static str,
        error: HashingFailed,
    },
}

struct Vector {
    source: &'static str,
    variant: Argon2Variant,
    version: Argon2Version,
    /// Memory in KiB, iterations, lanes.
    costs: (u32, u32, u32),
    password: &'static [u8],
    salt: &'static [u8],
    secret: &'static [u8],
    data: &'static [u8],
    hash: &'static str,
}

/// RFC 9106 §5: one variant each.
const fn rfc_9106(
    source: &'static str,
    variant: Argon2Variant,
    version: Argon2Version,
    hash: &'static str,
) -> Vector {
    Vector {
        source,
        variant,
        version,
        costs: (32, 3, 4),
        password: &[1; 32],
        salt: &[2; 16],
        secret: &[3; 8],
        data: &[4; 12],
        hash,
    }
}

/// The reference implementation (P-H-C/phc-winner-argon2): the hashes in 256 KiB
/// stand in its `src/test.c`, the others were made with it.
const fn reference(
    variant: Argon2Variant,
    version: Argon2Version,
    costs: (u32, u32, u32),
    hash: &'static str,
) -> Vector {
    Vector {
        source: "the reference implementation",
        variant,
        version,
        costs,
        password: b"password",
        salt: b"somesalt",
        secret: &[],
        data: &[],
        hash,
    }
}

const VECTORS: [Vector; 9] = [
    rfc_9106(
        "RFC 9106 §5.1",
        D,
        V19,
        "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
    ),
    rfc_9106(
        "RFC 9106 §5.2",
        I,
        V19,
        "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
    ),
    rfc_9106(
        "RFC 9106 §5.3",
        Id,
        V19,
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
    ),
    reference(
        Id,
        V19,
        (64, 2, 1),
        "16a1a498734609dd01456da406de9f3d9da93e6c86c300a12fc1465214ce4922",
    ),
    reference(
        I,
        V16,
        (64, 2, 1),
        "061db5fde247f18043ca28f6af334c14127194d8d9397800f139951faa8c667a",
    ),
    reference(
        Id,
        V19,
        (256, 2, 1),
        "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
    ),
    reference(
        Id,
        V19,
        (256, 2, 2),
        "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
    ),
    reference(
        I,
        V16,
        (256, 2, 1),
        "fd4dd83d762c49bdeaf57c47bdcd0c2f1babf863fdeb490df63ede9975fccf06",
    ),
    // From 2 MiB on the SIMD backend asks for huge pages, as it does for the
    // usual parameters, which are two passes, too. 4 MiB keep the check short.
    reference(
        Id,
        V19,
        (4096, 2, 1),
        "8da7091d0f8fa01b2d07f66854d93cadedecd72cd500166e8dc7868b054d2679",
    ),
];

/// Has `compute` hash what has a known hash in at most so much memory.
pub fn check_vectors(
    most_kib: u32,
    mut compute: impl FnMut(&Inputs<'_>, &mut [u8]) -> Result<(), HashingFailed>,
) -> Result<(), WrongHash> {
    for vector in VECTORS.iter().filter(|it| it.costs.0 <= most_kib) {
        let (memory_kib, iterations, lanes) = vector.costs;
        let mut output = [0; 32];
        Argon2Params::new(memory_kib, iterations, lanes)
            .map_err(HashingFailed::because)
            .and_then(|params| {
                let inputs = Inputs {
                    variant: vector.variant,
                    version: vector.version,
                    secret: vector.secret,
                    data: vector.data,
                    ..Inputs::new(params, vector.password, vector.salt)
                };
                compute(&inputs, &mut output)
            })
            .map_err(|error| WrongHash::Failed {
                source_of_vector: vector.source,
                error,
            })?;
        if hex::encode(output) != vector.hash {
            return Err(WrongHash::Differs(vector.source));
        }
    }
    Ok(())
}
