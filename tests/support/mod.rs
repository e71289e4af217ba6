//! What tests stand on: clocks and chance they control, cheap hashes, shared keys.

pub mod clock;
pub mod entropy;
