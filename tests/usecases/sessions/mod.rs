//! Sessions after their login, and the tokens that end or describe them.

mod fixture;
mod flaws;
mod introspect;
mod property;
mod purge;
mod refresh;
mod refresh_keys;
mod revoke;
mod servers;
mod simulation;
