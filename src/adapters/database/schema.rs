use std::{collections::BTreeSet, fs::File, io, path::PathBuf, time::Duration};

use migration::{IntoSchemaManagerConnection, Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement};
use thiserror::Error;

use super::{
    Database,
    connection::Kind,
    error::{Row, unavailable},
    postgres::{Postgres, is_locked},
    sqlite::Sqlite,
};
use crate::{
    adapters::system::timer_now,
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

/// Brings the schema up to date and returns how many migrations that took.
/// Refuses a schema that is newer than this program, and then changes nothing.
/// Of several processes that start at once one migrates and the others wait.
pub async fn migrate(database: &Database) -> Result<usize, SchemaError> {
    match &database.0 {
        Kind::Sqlite(sqlite) => migrate_sqlite(sqlite).await,
        Kind::Postgres(postgres) => {
            let migrated = postgres.while_it_answers(migrate_postgres(postgres)).await;
            migrated.map_err(SchemaError::Unavailable)?
        }
    }
}

async fn migrate_sqlite(sqlite: &Sqlite) -> Result<usize, SchemaError> {
    let _lock = lock(sqlite.folder()).await.map_err(SchemaError::Lock)?;
    migrate_on(sqlite.writer()).await
}

/// In one transaction: all or nothing. Where it meets with a table in use it lets go
/// of all of them for a while, and begins anew.
async fn migrate_postgres(postgres: &Postgres) -> Result<usize, SchemaError> {
    let begun = timer_now();
    loop {
        let transaction = postgres.begin_migrating().await?;
        postgres.wait_briefly(&transaction).await?;
        match migrate_on(&transaction).await {
            Ok(applied) => {
                let committed = transaction.commit().await;
                committed.map_err(SchemaError::Unavailable)?;
                return Ok(applied);
            }
            Err(SchemaError::Unavailable(error)) if is_locked(&error) => {
                let undone = transaction.rollback().await;
                undone.map_err(SchemaError::Unavailable)?;
                postgres.let_others_finish(timer_now() - begun).await?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Nobody else may migrate meanwhile.
async fn migrate_on<'c, C>(connection: &'c C) -> Result<usize, SchemaError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let pending = pending(connection).await?;
    if !pending.is_empty() {
        let migrated = Migrator::up(connection, None).await;
        migrated.map_err(SchemaError::Unavailable)?;
    }
    Ok(pending.len())
}

/// A transaction that fills a database. Until it ends nobody else migrates
/// there, as servers do at their start.
pub(super) struct Filling {
    pub(super) transaction: DatabaseTransaction,
    _lock: Option<File>,
}

/// Brings the schema up to date, in PostgreSQL within the transaction that
/// begins.
pub(super) async fn migrate_to_fill(database: &Database) -> Result<Filling, SchemaError> {
    match &database.0 {
        Kind::Sqlite(sqlite) => {
            let lock = lock(sqlite.folder()).await.map_err(SchemaError::Lock)?;
            migrate_on(sqlite.writer()).await?;
            let begun = sqlite.begin().await;
            Ok(Filling {
                transaction: begun.map_err(SchemaError::Unavailable)?,
                _lock: Some(lock),
            })
        }
        Kind::Postgres(postgres) => {
            let transaction = postgres.begin_migrating().await?;
            migrate_on(&transaction).await?;
            Ok(Filling {
                transaction,
                _lock: None,
            })
        }
    }
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

/// An exclusive lock on the folder, for as long as the file is open. A lock on
/// the database file itself would take SQLite's own locks along when it ends.
async fn lock(folder: PathBuf) -> io::Result<File> {
    let locking = tokio::task::spawn_blocking(move || {
        let folder = File::open(folder)?;
        folder.lock()?;
        Ok(folder)
    });
    locking.await.map_err(io::Error::other)?
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
