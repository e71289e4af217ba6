//! The storage ports on SQLite, through SeaORM.

mod audit_log;
mod auth_log;
mod client_store;
mod connection;
mod entities;
mod erasure;
mod error;
mod group_commit;
mod invite_store;
mod key_row;
mod key_store;
mod known_networks;
mod paging;
mod refresh_key_row;
mod schema;
mod sealed_row;
mod session_row;
mod session_store;
mod sqlite_file;
mod user_changes;
mod user_import;
mod user_repo;
mod user_row;

pub use audit_log::SqlAuditLog;
pub use auth_log::SqlAuthLog;
pub use client_store::SqlClientStore;
pub use connection::Database;
pub use invite_store::SqlInviteStore;
pub use key_store::{KeyRows, SqlKeyStore};
pub use known_networks::SqlKnownNetworks;
pub use schema::{SchemaError, check_schema, master_keys_in_use, migrate};
pub use session_store::SqlSessionStore;
pub use sqlite_file::{sqlite_files, uses_write_ahead_log};
pub use user_repo::SqlUserRepo;
