//! The real binary: its commands, its files, its end.

mod clients;
mod commands;
mod configuration;
mod db;
mod dev;
mod doctor;
mod files;
mod keys;
mod keys_hardening;
mod kill;
mod logging;
mod master_key;
mod master_key_rotation;
mod postgres;
mod purge;
mod refresh_key;
mod secrets;
mod shared_limits;
mod two_servers;
mod users;
