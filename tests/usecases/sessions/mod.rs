//! Sessions after their login, and the tokens that end or describe them.

mod fixture;
mod introspect;
mod property;
mod purge;
mod refresh;
mod refresh_keys;
mod revoke;
mod simulation;
