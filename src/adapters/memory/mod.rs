//! Ports fulfilled in memory, as completely as elsewhere: for tests, and for
//! what needs the API without a database.

mod password_hasher;
mod rate_limiter;

pub use password_hasher::MemoryHasher;
pub use rate_limiter::MemoryLimiter;
