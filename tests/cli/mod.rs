//! The real binary: its commands, its files, its end.

mod access_log;
mod clients;
mod commands;
mod configuration;
mod dev;
mod doctor;
mod drain;
mod files;
mod keys;
mod keys_hardening;
mod kill;
mod logging;
mod master_key;
mod master_key_rotation;
mod metrics;
mod open_files;
mod postgres;
mod purge;
mod refresh_key;
mod secrets;
mod shared_limits;
mod tls;
mod two_servers;
mod users;
