//! Changes of the schema, and who has to wait for whom.

use std::{fs::File, io, path::PathBuf};

use migration::{IntoSchemaManagerConnection, Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::{
    Database, SchemaError,
    connection::Kind,
    postgres::{LongWork, Postgres, is_locked},
    schema::pending,
    sqlite::Sqlite,
    transaction::Transaction,
};
use crate::adapters::system::timer_now;

/// Brings the schema up to date and returns how many migrations that took.
/// Refuses a schema that is newer than this program, and then changes nothing.
/// Of several processes that start at once one migrates and the others wait.
pub async fn migrate(database: &Database) -> Result<usize, SchemaError> {
    match &database.0 {
        Kind::Sqlite(sqlite) => migrate_sqlite(sqlite).await,
        Kind::Postgres(postgres) => {
            let work = LongWork::default();
            let migrating = migrate_postgres(postgres, &work);
            let migrated = postgres.while_it_goes_on(&work, migrating).await;
            migrated.map_err(SchemaError::Unavailable)?
        }
    }
}

async fn migrate_sqlite(sqlite: &Sqlite) -> Result<usize, SchemaError> {
    let _lock = lock(sqlite.folder()).await.map_err(SchemaError::Lock)?;
    migrate_file(sqlite).await
}

/// On a connection of its own.
async fn migrate_file(sqlite: &Sqlite) -> Result<usize, SchemaError> {
    if pending(sqlite.reader()).await?.is_empty() {
        return Ok(0);
    }
    let connection = sqlite.for_migrations().await;
    let connection = connection.map_err(SchemaError::Unavailable)?;
    let applied = migrate_on(&connection).await?;
    let closed = connection.close().await;
    closed.map_err(SchemaError::Unavailable)?;
    Ok(applied)
}

async fn migrate_postgres(postgres: &Postgres, work: &LongWork) -> Result<usize, SchemaError> {
    let (transaction, applied) = migrate_within(postgres, work).await?;
    let committed = transaction.commit().await;
    committed.map_err(SchemaError::Unavailable)?;
    Ok(applied)
}

/// In one transaction, which is not committed yet: all or nothing. Where it meets with
/// a table in use it lets go of all of them for a while, and begins anew.
async fn migrate_within(
    postgres: &Postgres,
    work: &LongWork,
) -> Result<(DatabaseTransaction, usize), SchemaError> {
    let begun = timer_now();
    loop {
        let transaction = postgres.begin_migrating(work).await?;
        postgres.wait_briefly(&transaction).await?;
        match migrate_on(&transaction).await {
            Ok(applied) => return Ok((transaction, applied)),
            Err(SchemaError::Unavailable(error)) if is_locked(&error) => {
                work.rests();
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
    pub(super) transaction: Transaction,
    _lock: Option<File>,
}

/// Brings the schema up to date, in PostgreSQL within the transaction that
/// begins.
pub(super) async fn migrate_to_fill(
    database: &Database,
    work: &LongWork,
) -> Result<Filling, SchemaError> {
    match &database.0 {
        Kind::Sqlite(sqlite) => {
            let lock = lock(sqlite.folder()).await.map_err(SchemaError::Lock)?;
            migrate_file(sqlite).await?;
            let begun = sqlite.begin().await.map_err(SchemaError::Unavailable)?;
            Ok(Filling {
                transaction: Transaction::Sqlite(begun),
                _lock: Some(lock),
            })
        }
        Kind::Postgres(postgres) => {
            let (transaction, _) = migrate_within(postgres, work).await?;
            Ok(Filling {
                transaction: Transaction::Postgres(transaction),
                _lock: None,
            })
        }
    }
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
