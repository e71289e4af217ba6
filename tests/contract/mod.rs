//! One suite per port, run on every adapter of it.

mod audit_log;
mod auth_events;
mod auth_log;
mod client_store;
mod hash_pool;
mod invite_store;
mod key_store;
mod known_networks;
mod password_hasher;
mod rate_limiter;
mod refresh_keys;
mod revocation;
mod session_store;
mod storage;
mod user_changes;
mod user_list;
mod user_repo;
