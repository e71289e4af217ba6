//! What tests stand on: clocks and chance they control, cheap hashes, shared keys.

pub mod app;
pub mod auth_log;
pub mod clock;
pub mod database;
pub mod down;
pub mod draft;
pub mod entropy;
pub mod fixtures;
pub mod foreign_hashes;
pub mod forgery;
pub mod fresh_keys;
pub mod hasher;
pub mod keys;
pub mod oauth;
pub mod operations;
pub mod problem;
pub mod process;
pub mod redis;
pub mod redis_tls;
pub mod registration;
pub mod site;
pub mod store;
pub mod strength;
pub mod terminal;
pub mod tokens;
pub mod verifier;
