use std::collections::BTreeSet;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use thiserror::Error;

use super::Database;

#[derive(Debug, Error)]
pub enum SchemaError {
    #[error(
        "the database has the schema of a newer Signet (unknown migrations: {}): \
         start that version, or restore a backup from before the upgrade",
        .0.join(", ")
    )]
    Newer(Vec<String>),
    #[error("the database lacks migrations ({}): run `signet migrate`", .0.join(", "))]
    Pending(Vec<String>),
    #[error("cannot read or change the database's schema")]
    Unavailable(#[source] DbErr),
}

/// Brings the schema up to date and returns how many migrations that took.
/// Refuses a schema that is newer than this program, and then changes nothing.
pub async fn migrate(database: &Database) -> Result<usize, SchemaError> {
    let pending = pending(database).await?;
    if !pending.is_empty() {
        Migrator::up(database.writer(), None)
            .await
            .map_err(SchemaError::Unavailable)?;
    }
    Ok(pending.len())
}

/// Succeeds when the schema is exactly the one that this program knows.
pub async fn check_schema(database: &Database) -> Result<(), SchemaError> {
    let pending = pending(database).await?;
    if pending.is_empty() {
        Ok(())
    } else {
        Err(SchemaError::Pending(pending))
    }
}

async fn pending(database: &Database) -> Result<Vec<String>, SchemaError> {
    let applied = applied(database).await.map_err(SchemaError::Unavailable)?;
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(SchemaError::Newer(unknown));
    }
    Ok(known
        .into_iter()
        .filter(|name| !applied.contains(name))
        .collect())
}

/// The names in the migrator's own table, none when there is no such table yet.
async fn applied(database: &Database) -> Result<BTreeSet<String>, DbErr> {
    let connection = database.reader();
    let query = |sql: &str| Statement::from_string(connection.get_database_backend(), sql);
    let tables =
        query("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'");
    if connection.query_one_raw(tables).await?.is_none() {
        return Ok(BTreeSet::new());
    }
    connection
        .query_all_raw(query("SELECT version FROM seaql_migrations"))
        .await?
        .iter()
        .map(|row| row.try_get("", "version"))
        .collect()
}
