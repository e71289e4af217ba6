//! The ports' implementations and the HTTP side: the only code that names the
//! libraries it stands on.

mod accepting;
mod security_headers;

pub mod database;
pub mod hasher;
pub mod http;
pub mod limiter;
pub mod memory;
pub mod metrics;
pub mod strength;
pub mod system;
pub mod waiting;
