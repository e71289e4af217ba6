//! The tables as SeaORM sees them. Texts stay texts here; the adapters parse
//! them into domain values.
#![allow(unreachable_pub, reason = "SeaORM's derive wants public models")]

pub(super) mod audit_events;
pub(super) mod auth_logs;
pub(super) mod clients;
pub(super) mod invites;
pub(super) mod keys;
pub(super) mod known_networks;
pub(super) mod refresh_keys;
pub(super) mod revoked_tokens;
pub(super) mod sessions;
pub(super) mod user_roles;
pub(super) mod users;
