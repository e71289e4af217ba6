use crate::ports::Entropy;

/// The operating system's random source.
#[derive(Debug)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("getrandom(2) cannot fail once the kernel has seeded it");
    }
}
