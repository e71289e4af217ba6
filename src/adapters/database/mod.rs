//! The storage ports on SQLite, through SeaORM.

mod auth_log;
mod connection;
mod entities;
mod error;
mod key_row;
mod key_store;
mod schema;
mod sqlite_file;
mod user_repo;

pub use auth_log::SqlAuthLog;
pub use connection::Database;
pub use key_store::SqlKeyStore;
pub use schema::{SchemaError, check_schema, master_keys_in_use, migrate};
pub use sqlite_file::{sqlite_files, uses_write_ahead_log};
pub use user_repo::SqlUserRepo;
