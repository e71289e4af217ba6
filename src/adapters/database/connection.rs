use std::path::Path;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{
    error::unavailable,
    pool_state::PoolState,
    postgres::{LongWork, Postgres, PostgresLimits, PostgresUrl, Purpose},
    reader::Reader,
    sqlite::{Sqlite, pragma},
    transaction::Transaction,
    write_step::WriteStep,
};
use crate::ports::{Storage, StorageError};

/// An open database.
#[derive(Clone, Debug)]
pub struct Database(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Database {
    /// Opens the SQLite file at `path`, which must exist (it may be empty).
    pub async fn open_sqlite(path: &Path) -> Result<Self, StorageError> {
        Ok(Self(Kind::Sqlite(Sqlite::open(path).await?)))
    }

    /// Opens the SQLite file at `path` and changes neither it nor its folder:
    /// whatever writes fails.
    pub async fn open_sqlite_read_only(path: &Path) -> Result<Self, StorageError> {
        Ok(Self(Kind::Sqlite(Sqlite::open_read_only(path).await?)))
    }

    /// Connects to the PostgreSQL database, which must exist (it may be empty).
    pub async fn open_postgres(
        url: &PostgresUrl,
        limits: PostgresLimits,
    ) -> Result<Self, StorageError> {
        let postgres = Postgres::open(url, limits, Purpose::Writing).await;
        Ok(Self(Kind::Postgres(postgres.map_err(unavailable)?)))
    }

    /// The same of one that is only read, which may be a standby.
    pub async fn open_postgres_read_only(
        url: &PostgresUrl,
        limits: PostgresLimits,
    ) -> Result<Self, StorageError> {
        let postgres = Postgres::open(url, limits, Purpose::Reading).await;
        Ok(Self(Kind::Postgres(postgres.map_err(unavailable)?)))
    }

    /// For reading.
    pub(super) fn reader(&self) -> &Reader {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.reader(),
            Kind::Postgres(postgres) => postgres.reader(),
        }
    }

    /// Answers when the step is committed, or undone.
    pub(super) async fn write<S: WriteStep>(&self, step: S) -> Result<S::Output, S::Error> {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.write(step).await,
            Kind::Postgres(postgres) => postgres.write(step).await,
        }
    }

    /// Work of any length, for as long as the database goes on with it.
    pub(super) async fn while_it_goes_on<T>(
        &self,
        work: &LongWork,
        doing: impl Future<Output = T>,
    ) -> Result<T, DbErr> {
        match &self.0 {
            Kind::Sqlite(_) => Ok(doing.await),
            Kind::Postgres(postgres) => postgres.while_it_goes_on(work, doing).await,
        }
    }

    /// Begins a transaction that no other change of the keys comes between.
    pub(super) async fn begin_key_change(&self) -> Result<Transaction, DbErr> {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.begin().await.map(Transaction::Sqlite),
            Kind::Postgres(postgres) => {
                let begun = postgres.begin_key_change().await;
                begun.map(Transaction::Postgres)
            }
        }
    }

    /// After private keys were deleted: see to it that they are gone, as far as
    /// that is this program's affair.
    pub(super) async fn erase_log(&self) {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.erase_log().await,
            // Its log and its old rows are its administrator's affair.
            Kind::Postgres(_) => {}
        }
    }

    /// How many groups of writes SQLite committed since it was opened.
    pub fn commits(&self) -> u64 {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.commits(),
            Kind::Postgres(_) => 0,
        }
    }

    /// Tells `watch` of every group of writes that SQLite commits from now on how
    /// many it had. The first one that is given counts.
    pub fn watch_groups(&self, watch: impl Fn(usize) + Send + Sync + 'static) {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.watch_groups(Box::new(watch)),
            // It joins commits by itself, and does not tell.
            Kind::Postgres(_) => {}
        }
    }

    /// The pools of connections as they are now: SQLite has one that writes and one
    /// that reads.
    pub fn pools(&self) -> Vec<PoolState> {
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.pools(),
            Kind::Postgres(postgres) => vec![postgres.pool()],
        }
    }

    /// What a setting of SQLite is on the writing connection.
    pub async fn writer_pragma(&self, name: &str) -> Result<String, StorageError> {
        match &self.0 {
            Kind::Sqlite(sqlite) => {
                let transaction = sqlite.begin().await.map_err(unavailable)?;
                let value = pragma(&transaction, name).await?;
                transaction.rollback().await.map_err(unavailable)?;
                Ok(value)
            }
            Kind::Postgres(_) => Err(StorageError::unavailable("PostgreSQL has no pragmas")),
        }
    }

    /// What a setting of SQLite is on the connections that read.
    pub async fn reader_pragma(&self, name: &str) -> Result<String, StorageError> {
        pragma(self.reader(), name).await
    }

    /// What a setting of PostgreSQL is on the connections.
    pub async fn server_setting(&self, name: &str) -> Result<String, StorageError> {
        let query = Statement::from_sql_and_values(
            self.reader().get_database_backend(),
            "SELECT current_setting($1)",
            [name.into()],
        );
        let row = self.reader().query_one_raw(query).await;
        let row = row
            .map_err(unavailable)?
            .ok_or_else(|| StorageError::unavailable("PostgreSQL knows no such setting"))?;
        row.try_get_by_index(0).map_err(unavailable)
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<(), StorageError> {
        match self.0 {
            Kind::Sqlite(sqlite) => sqlite.close().await,
            Kind::Postgres(postgres) => postgres.close().await.map_err(unavailable),
        }
    }
}

#[async_trait]
impl Storage for Database {
    async fn ping(&self) -> Result<(), StorageError> {
        let reader = self.reader();
        let query = "SELECT 1 FROM users LIMIT 1";
        let query = Statement::from_string(reader.get_database_backend(), query);
        reader.query_one_raw(query).await.map_err(unavailable)?;
        match &self.0 {
            Kind::Sqlite(sqlite) => sqlite.works_again().await,
            // A connection to one that does not write is none. No write is tried: one at
            // every question would fill its log, and a full disk is full for all servers.
            Kind::Postgres(_) => Ok(()),
        }
    }
}
