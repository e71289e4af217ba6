use thiserror::Error;

/// The cost of one Argon2id hash (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Params {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Argon2ParamsError {
    #[error("Argon2 memory must be 8 KiB per lane to 1048576 KiB (1 GiB), not {0} KiB")]
    Memory(u32),
    #[error("Argon2 iterations must be 1 to 64, not {0}")]
    Iterations(u32),
    #[error("Argon2 parallelism must be 1 to 16, not {0}")]
    Parallelism(u32),
}

/// The pairs of memory (KiB) and iterations that the OWASP Password Storage
/// Cheat Sheet calls equivalent, all at parallelism 1.
const OWASP_MINIMA: [(u32, u32); 5] = [(47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5)];

impl Argon2Params {
    pub const MAX_MEMORY_KIB: u32 = 1024 * 1024;
    pub const MAX_ITERATIONS: u32 = 64;
    pub const MAX_PARALLELISM: u32 = 16;

    pub fn new(
        memory_kib: u32,
        iterations: u32,
        parallelism: u32,
    ) -> Result<Self, Argon2ParamsError> {
        if !(1..=Self::MAX_PARALLELISM).contains(&parallelism) {
            return Err(Argon2ParamsError::Parallelism(parallelism));
        }
        if !(1..=Self::MAX_ITERATIONS).contains(&iterations) {
            return Err(Argon2ParamsError::Iterations(iterations));
        }
        if !(8 * parallelism..=Self::MAX_MEMORY_KIB).contains(&memory_kib) {
            return Err(Argon2ParamsError::Memory(memory_kib));
        }
        Ok(Self {
            memory_kib,
            iterations,
            parallelism,
        })
    }

    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    pub fn iterations(self) -> u32 {
        self.iterations
    }

    pub fn parallelism(self) -> u32 {
        self.parallelism
    }

    /// Memory times iterations, which the time of a hash follows.
    pub fn work_kib(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.iterations)
    }

    /// Whether a hash takes no more memory and no more time than one of `other`.
    pub fn is_at_most(self, other: Self) -> bool {
        self.memory_kib <= other.memory_kib && self.work_kib() <= other.work_kib()
    }

    /// Whether these parameters reach at least one of OWASP's pairs.
    pub fn reaches_owasp_minimum(self) -> bool {
        self.memory_kib >= Self::owasp_minimum_kib(self.iterations)
    }

    /// The least memory that OWASP wants with so many iterations, at least one.
    pub fn owasp_minimum_kib(iterations: u32) -> u32 {
        let pairs = OWASP_MINIMA.iter();
        let reached = pairs.filter(|&&(_, fewest)| iterations >= fewest);
        reached.map(|&(memory, _)| memory).min().unwrap_or(u32::MAX)
    }
}

impl Default for Argon2Params {
    /// OWASP's second pair: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19456,
            iterations: 2,
            parallelism: 1,
        }
    }
}
