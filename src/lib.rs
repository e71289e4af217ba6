//! Signet: a self-hosted JWT auth server.
//!
//! Ports and adapters. The layers, each of which names only those before it:
//!
//! `domain` <- `crypto` <- `ports` <- `usecases` <- `adapters` <- `config` <- `app` <- `cli`
//!
//! `domain`, `crypto`, `ports` and `usecases` are the core: no HTTP, no SQL, no
//! clock, no randomness of their own. `tests/architecture.rs` holds the sources to it.

// The layers around the HTTP routes are types within types.
#![recursion_limit = "256"]
#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "they panic where nobody reads, or the disk is full: `cli::session` prints, `cli::standard_error` tells"
)]

pub mod adapters;
pub mod app;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod ports;
pub mod usecases;
