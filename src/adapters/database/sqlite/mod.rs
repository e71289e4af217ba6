//! What only SQLite has: one file, one writer, and its log.

mod checkpoints;
mod claim;
mod connection;
mod connections;
mod copy;
mod erasure;
mod file;
mod group_commit;
mod job;
mod opening;
mod refresh_line;
mod refreshes;
mod statements;
mod transaction;
mod trouble;

pub(super) use connection::{Sqlite, pragma};
pub(super) use connections::Connections;
pub use copy::{DamagedCopy, check_sqlite_copy, copy_sqlite};
pub use file::{sqlite_files, uses_write_ahead_log};
pub(super) use refreshes::Refreshes;
pub(super) use transaction::SqliteTransaction;
pub(super) use trouble::Trouble;
