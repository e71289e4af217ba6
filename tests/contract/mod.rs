//! One suite per port, run on every adapter of it.

mod account_throttle;
mod audit_log;
mod auth_events;
mod auth_log;
mod client_store;
mod hash_pool;
mod invite_store;
mod key_audit;
mod key_store;
mod known_networks;
mod password_hasher;
mod rate_limiter;
mod refresh_keys;
mod revocation;
mod session_store;
mod storage;
mod strength_meter;
mod user_changes;
mod user_import;
mod user_list;
mod user_repo;
