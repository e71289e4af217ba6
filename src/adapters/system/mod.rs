//! The machine: its clocks, its random source, and keys made on its threads.

mod clock;
mod entropy;
mod key_generator;

pub use clock::SystemClock;
pub use entropy::OsEntropy;
pub use key_generator::BlockingKeyGenerator;
