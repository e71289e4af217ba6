//! One suite per port, run on every adapter of it.

mod hash_pool;
mod password_hasher;
mod rate_limiter;
