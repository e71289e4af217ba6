//! The storage ports on SQLite, through SeaORM.

mod auth_log;
mod client_store;
mod connection;
mod entities;
mod error;
mod group_commit;
mod key_row;
mod key_store;
mod refresh_key_row;
mod schema;
mod sealed_row;
mod session_row;
mod session_store;
mod sqlite_file;
mod user_repo;

pub use auth_log::SqlAuthLog;
pub use client_store::SqlClientStore;
pub use connection::Database;
pub use key_store::{KeyRows, SqlKeyStore};
pub use schema::{SchemaError, check_schema, master_keys_in_use, migrate};
pub use session_store::SqlSessionStore;
pub use sqlite_file::{sqlite_files, uses_write_ahead_log};
pub use user_repo::SqlUserRepo;
