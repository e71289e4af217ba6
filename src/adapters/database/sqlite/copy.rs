//! Copies of the database file, and what is wrong with one.

use std::path::Path;

use sea_orm::sqlx::{self, ConnectOptions, Connection, Row, sqlite::SqliteConnection};
use thiserror::Error;

use super::{
    connection::options,
    trouble::{is_damage, is_no_database},
};
use crate::ports::StorageError;

/// Why a file is of no use as a database.
#[derive(Debug, Error)]
pub enum DamagedCopy {
    #[error("it is no SQLite database")]
    NoDatabase,
    #[error("it is a SQLite database, and not one of Signet's")]
    OtherDatabase,
    #[error("it is damaged: {0}")]
    Damaged(String),
    #[error("it cannot be read")]
    Unreadable(#[source] sqlx::Error),
}

/// Writes the database at `from`, as it is at one moment, to `to`, which must
/// be an empty file or none. Nobody who writes to the database waits for it.
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StorageError> {
    // SQLite would take a relative name that begins with `file:` for a URI.
    let to = std::path::absolute(to).map_err(StorageError::unavailable)?;
    let name = to
        .to_str()
        .ok_or_else(|| StorageError::unavailable("the copy's name is not UTF-8"))?;
    vacuum(from, name).await.map_err(StorageError::unavailable)
}

async fn vacuum(from: &Path, to: &str) -> Result<(), sqlx::Error> {
    let mut connection = options(from).connect().await?;
    let vacuum = sqlx::query("VACUUM INTO ?").bind(to);
    vacuum.execute(&mut connection).await?;
    connection.close().await
}

/// Reads all of the file, which no one may be writing to, and changes nothing.
pub async fn check_sqlite_copy(path: &Path) -> Result<(), DamagedCopy> {
    let options = options(path).read_only(true).immutable(true);
    let mut connection = options.connect().await?;
    if !is_signets(&mut connection).await? {
        return Err(DamagedCopy::OtherDatabase);
    }
    let integrity = sqlx::query("PRAGMA integrity_check(1)");
    let verdict: String = integrity.fetch_one(&mut connection).await?.try_get(0)?;
    if verdict != "ok" {
        return Err(DamagedCopy::Damaged(verdict));
    }
    let foreign_keys = sqlx::query("PRAGMA foreign_key_check");
    if let Some(row) = foreign_keys.fetch_optional(&mut connection).await? {
        let table: String = row.try_get("table")?;
        let parent: String = row.try_get("parent")?;
        let found = format!("a row of {table} belongs to none of {parent}");
        return Err(DamagedCopy::Damaged(found));
    }
    Ok(connection.close().await?)
}

/// By the table of the migrations that were applied.
async fn is_signets(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name IN \
                  ('seaql_migrations', 'users')";
    let found = sqlx::query(tables).fetch_all(connection).await?;
    Ok(found.len() == 2)
}

impl From<sqlx::Error> for DamagedCopy {
    fn from(error: sqlx::Error) -> Self {
        if is_no_database(&error) {
            Self::NoDatabase
        } else if is_damage(&error) {
            Self::Damaged(error.to_string())
        } else {
            Self::Unreadable(error)
        }
    }
}
