//! What fulfils the ports. An adapter names the core and its own outside
//! world; only the composition root names adapters.

pub mod hasher;
pub mod limiter;
pub mod memory;
