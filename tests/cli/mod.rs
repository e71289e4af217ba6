//! The real binary: its commands, its files, its end.

mod backup;
mod clients;
mod commands;
mod configuration;
mod dev;
mod doctor;
mod faults;
mod files;
mod keys;
mod keys_hardening;
mod kill;
mod logging;
mod master_key;
mod master_key_rotation;
mod packaging;
mod postgres;
mod purge;
mod refresh_key;
mod secrets;
mod shared_limits;
mod two_servers;
mod users;
