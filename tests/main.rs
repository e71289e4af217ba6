//! All integration tests in one binary, so that they link once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]
#![allow(unreachable_pub, reason = "a binary has no one to be public to")]
// As in the library: the servers' types are as deep.
#![recursion_limit = "256"]

mod api;
mod cli;
mod cluster;
mod connections;
mod contract;
mod crypto;
mod database;
mod docs;
mod domain;
mod support;
mod usecases;
