//! One suite per port, run on every adapter of it.

mod auth_log;
mod client_store;
mod hash_pool;
mod key_store;
mod password_hasher;
mod rate_limiter;
mod refresh_keys;
mod revocation;
mod session_store;
mod storage;
mod user_repo;
