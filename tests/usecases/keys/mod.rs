//! The life of the signing keys.

mod import;
mod maintain;
mod overlap;
mod property;
mod queued_login;
mod revoke;
mod rewrap;
mod rotate;
mod server;
mod settings;
mod simulation;
mod strangers;
mod trouble;
