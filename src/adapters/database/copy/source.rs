use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{CopyError, tables::Table};
use crate::adapters::database::{
    Database, SchemaError,
    connection::Kind,
    postgres::{LongWork, Postgres, is_locked},
    schema::pending,
    transaction::Transaction,
};

/// A database as it is at one moment, whatever its servers do meanwhile.
pub(super) struct Source<'a> {
    database: &'a Database,
    transaction: Transaction,
}

impl<'a> Source<'a> {
    pub(super) async fn open(
        database: &'a Database,
        tables: &[Table],
        work: &LongWork,
    ) -> Result<Self, CopyError> {
        let transaction = match &database.0 {
            Kind::Sqlite(sqlite) => sqlite.reader().snapshot().await,
            Kind::Postgres(postgres) => {
                let begun = postgres.begin_long_reading(work).await;
                begun.map(Transaction::Postgres)
            }
        };
        let transaction = transaction.map_err(source_failed)?;
        let lacking = pending(&transaction).await;
        let lacking = match (&database.0, lacking) {
            (Kind::Postgres(postgres), Err(SchemaError::Unavailable(error))) => {
                return Err(kept(postgres, error).await);
            }
            (_, lacking) => lacking.map_err(CopyError::SourceSchema)?,
        };
        if lacking.len() == Migrator::migrations().len() {
            return Err(CopyError::SourceForeign);
        }
        if !lacking.is_empty() {
            return Err(CopyError::SourceOutdated(lacking));
        }
        if let Kind::Postgres(postgres) = &database.0 {
            // None of them is waited for later, when nobody would say what for.
            let names: Vec<_> = tables.iter().map(|table| table.name).collect();
            let sql = format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "));
            if let Err(error) = transaction.execute_unprepared(&sql).await {
                return Err(kept(postgres, error).await);
            }
        }
        Ok(Self {
            database,
            transaction,
        })
    }

    pub(super) fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    pub(super) async fn count(&self, table: &Table) -> Result<u64, CopyError> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        let count = self.number(&sql).await;
        let count = count.map_err(|error| unread(table, error))?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    /// The highest number that the database gave to a row of the table, which
    /// may be gone.
    pub(super) async fn last_number(&self, table: &Table) -> Result<Option<i64>, CopyError> {
        let name = table.name;
        let sql = match self.transaction.get_database_backend() {
            DbBackend::Postgres => format!(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence('{name}', 'id')::regclass)"
            ),
            _ => format!("SELECT MAX(seq) FROM sqlite_sequence WHERE name = '{name}'"),
        };
        let number = self.number(&sql).await;
        number.map_err(|error| unread(table, error))
    }

    async fn number(&self, sql: &str) -> Result<Option<i64>, DbErr> {
        let query = Statement::from_string(self.transaction.get_database_backend(), sql);
        let row = self.transaction.query_one_raw(query).await?;
        row.map_or(Ok(None), |row| row.try_get_by_index(0))
    }

    /// A SQLite file that nobody had open is read without its locks: this says
    /// whether it stayed alone.
    pub(super) async fn close(self) -> Result<(), CopyError> {
        let ended = self.transaction.commit().await;
        ended.map_err(source_failed)?;
        match &self.database.0 {
            Kind::Sqlite(sqlite) if !sqlite.was_left_alone() => Err(CopyError::SourceChanged),
            Kind::Sqlite(_) | Kind::Postgres(_) => Ok(()),
        }
    }
}

/// What is said of the error that a table was not free with.
async fn kept(postgres: &Postgres, error: DbErr) -> CopyError {
    if !is_locked(&error) {
        return source_failed(error);
    }
    CopyError::SourceInUse {
        waited: postgres.longest_wait_to_read(),
        holder: postgres.who_keeps_tables().await,
    }
}

fn source_failed(error: DbErr) -> CopyError {
    CopyError::SourceSchema(SchemaError::Unavailable(error))
}

fn unread(table: &Table, error: DbErr) -> CopyError {
    let table = table.name;
    CopyError::Unread { table, error }
}
