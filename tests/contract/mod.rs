//! One suite per port, run on every adapter of it.

mod auth_log;
mod key_store;
mod storage;
mod user_repo;
