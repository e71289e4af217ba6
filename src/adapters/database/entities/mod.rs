//! The tables as SeaORM sees them. Texts stay texts here; the adapters parse
//! them into domain values.
#![allow(unreachable_pub, reason = "SeaORM's derive wants public models")]

pub(super) mod auth_logs;
pub(super) mod keys;
pub(super) mod users;
