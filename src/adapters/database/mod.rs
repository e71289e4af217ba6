//! The storage ports on SQLite and PostgreSQL, through SeaORM. What only one of
//! the two has lies in a folder of its name.

mod audit_log;
mod auth_events;
mod auth_log;
mod auth_log_query;
mod auth_log_row;
mod auth_summary;
mod client_store;
mod connection;
mod copy;
mod entities;
mod error;
mod invite_store;
mod key_row;
mod key_store;
mod known_networks;
mod paging;
mod postgres;
mod reader;
mod refresh_key_row;
mod refreshes;
mod registrations;
mod schema;
mod sealed_row;
mod session_row;
mod session_store;
mod sqlite;
mod user_changes;
mod user_import;
mod user_repo;
mod user_row;
mod write_step;

pub use audit_log::SqlAuditLog;
pub use auth_events::SqlAuthEvents;
pub use auth_log::SqlAuthLog;
pub use client_store::SqlClientStore;
pub use connection::Database;
pub use copy::{CopiedTable, CopyError, CopyStep, copy};
pub use invite_store::SqlInviteStore;
pub use key_store::{KeyRows, SqlKeyStore};
pub use known_networks::SqlKnownNetworks;
pub use postgres::{PostgresLimits, PostgresUrl};
pub use schema::{SchemaError, check_schema, master_keys_in_use, migrate};
pub use session_store::SqlSessionStore;
pub use sqlite::{sqlite_files, uses_write_ahead_log};
pub use user_repo::SqlUserRepo;
