use std::{collections::BTreeSet, io, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use thiserror::Error;

use super::{
    Database,
    error::{Row, unavailable},
};
use crate::{
    domain::{KeyId, MasterKeyId, RefreshKeyId, SealedKeyId},
    ports::StorageError,
};

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
    #[error(
        "another process migrates the database, or copies into it, and was not done after \
         {waited:?} (its connection: {holder}): wait until it is and start again; where it is \
         stuck, end it, or its connection with SELECT pg_terminate_backend(PID)"
    )]
    Locked { waited: Duration, holder: String },
    #[error(
        "others use tables that a migration changes, and did not let go of them within {waited:?} \
         (the longest of them: {holder}): start again when it is done, as a backup is at some \
         time; where it is stuck, end it, or its connection with SELECT pg_terminate_backend(PID)"
    )]
    InUse { waited: Duration, holder: String },
    #[error("cannot lock the database's folder for migrating")]
    Lock(#[source] io::Error),
    #[error("cannot read or change the database's schema")]
    Unavailable(#[source] DbErr),
}

/// Succeeds when the schema is exactly the one that this program knows.
pub async fn check_schema(database: &Database) -> Result<(), SchemaError> {
    let pending = pending(database.reader()).await?;
    if pending.is_empty() {
        Ok(())
    } else {
        Err(SchemaError::Pending(pending))
    }
}

/// Which key wants which master key, as far as the schema is that old already.
/// Expired keys want none.
pub async fn master_keys_in_use(
    database: &Database,
) -> Result<Vec<(SealedKeyId, MasterKeyId)>, StorageError> {
    let reader = database.reader();
    let mut wanted = Vec::new();
    for (table, id) in [("keys", "kid"), ("refresh_keys", "CAST(id AS TEXT)")] {
        if !has_table(reader, table).await.map_err(unavailable)? {
            continue;
        }
        let sealed = format!(
            "SELECT {id} AS id, master_key_id FROM {table} WHERE master_key_id IS NOT NULL"
        );
        let rows = reader.query_all_raw(plain(reader, &sealed)).await;
        for row in rows.map_err(unavailable)? {
            wanted.push(master_key_in_use(&row, table)?);
        }
    }
    Ok(wanted)
}

fn master_key_in_use(
    row: &QueryResult,
    table: &'static str,
) -> Result<(SealedKeyId, MasterKeyId), StorageError> {
    let key: String = row.try_get("", "id").map_err(unavailable)?;
    let id: String = row.try_get("", "master_key_id").map_err(unavailable)?;
    let named = Row { table, id: &key };
    let id = id.parse().map_err(|e| named.corrupt("master_key_id", e))?;
    let key = if table == "keys" {
        let kid: KeyId = key.parse().map_err(|e| named.corrupt("kid", e))?;
        SealedKeyId::Signing(kid)
    } else {
        let number: u32 = key.parse().map_err(|e| named.corrupt("id", e))?;
        SealedKeyId::Refresh(RefreshKeyId::new(number))
    };
    Ok((key, id))
}

pub(super) async fn pending(connection: &impl ConnectionTrait) -> Result<Vec<String>, SchemaError> {
    let applied = applied(connection)
        .await
        .map_err(SchemaError::Unavailable)?;
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
async fn applied(connection: &impl ConnectionTrait) -> Result<BTreeSet<String>, DbErr> {
    if !has_table(connection, "seaql_migrations").await? {
        return Ok(BTreeSet::new());
    }
    let versions = plain(connection, "SELECT version FROM seaql_migrations");
    connection
        .query_all_raw(versions)
        .await?
        .iter()
        .map(|row| row.try_get("", "version"))
        .collect()
}

async fn has_table(connection: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let table = match connection.get_database_backend() {
        DbBackend::Postgres => format!("SELECT 1 WHERE to_regclass('{name}') IS NOT NULL"),
        _ => format!("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{name}'"),
    };
    let found = connection.query_one_raw(plain(connection, &table)).await?;
    Ok(found.is_some())
}

fn plain(connection: &impl ConnectionTrait, sql: &str) -> Statement {
    Statement::from_string(connection.get_database_backend(), sql)
}
