//! Administration, one file for each resource.

mod audit_events;
mod authorization;
mod clients;
mod every_operation;
mod invites;
mod key_revocation;
pub(super) mod keys;
mod last_admin;
mod slow_export;
mod trouble;
mod user_list;
mod user_sessions;
mod users;
