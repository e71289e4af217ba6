use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxSqliteConnector, Statement,
    sqlx::{
        ConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use super::{
    checkpoints::{self, Checkpoints},
    connections::Connections,
    file::AtRest,
    group_commit::{self, GroupCommit, GroupWatch},
    statements::in_execution,
    transaction::SqliteTransaction,
    trouble::Trouble,
};
use crate::{
    adapters::{
        database::{
            error::unavailable, pool_state::PoolState, reader::Reader, write_step::WriteStep,
        },
        system::cores,
    },
    ports::StorageError,
};

/// How long a statement waits for a lock that another process holds, and a
/// request for a free connection.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How much each connection keeps of the file: 1 MiB, given in KiB and negative, as SQLite
/// wants it. That is half of what is usual there, and the system has the pages, too.
const CACHE: &str = "-1024";

/// How many connections read at most. Each keeps pages and statements of its own.
const MOST_READERS: usize = 4;

/// An open file: one connection that writes, several that only read and that,
/// with write-ahead logging, never wait for it.
#[derive(Clone, Debug)]
pub(in crate::adapters::database) struct Sqlite {
    writer: Connections,
    reader: Reader,
    readers: Connections,
    writes: GroupCommit,
    checkpoints: Checkpoints,
    trouble: Trouble,
    options: Arc<SqliteConnectOptions>,
    folder: PathBuf,
    /// How it was where it is read as one that does not change.
    at_rest: Option<AtRest>,
}

impl Sqlite {
    /// The file at `path` must exist (it may be empty).
    pub(in crate::adapters::database) async fn open(path: &Path) -> Result<Self, StorageError> {
        let options = options(path)
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", checkpoints::LONGEST_LOG);
        let mut database = Self::connect(path, options.clone()).await?;
        database.checkpoints = Checkpoints::start(
            options,
            database.readers.clone(),
            database.writes.counter(),
            database.trouble.clone(),
        );
        Ok(database)
    }

    /// Without a write-ahead log nobody has the file open, and it is read as one
    /// that does not change: SQLite would make that log otherwise.
    pub(in crate::adapters::database) async fn open_read_only(
        path: &Path,
    ) -> Result<Self, StorageError> {
        let at_rest = AtRest::of(path).map_err(StorageError::unavailable)?;
        let options = options(path).read_only(true).immutable(at_rest.is_some());
        let mut database = Self::connect(path, options).await?;
        database.at_rest = at_rest;
        Ok(database)
    }

    async fn connect(path: &Path, options: SqliteConnectOptions) -> Result<Self, StorageError> {
        let trouble = Trouble::default();
        // Pages as they were before a savepoint: once there are some 16 of them, SQLite would
        // write them to a temporary file, which lies elsewhere.
        let writer = Connections::new(1, options.clone().pragma("temp_store", "MEMORY"));
        let readers = Connections::new(readers(), options.clone().pragma("query_only", "ON"));
        // A file that cannot be opened is found out now, and one connection alone begins its
        // log: of several at once only one could.
        drop(readers.take().await.map_err(unavailable)?);
        let options = Arc::new(options);
        Ok(Self {
            writes: GroupCommit::start(writer.clone(), trouble.clone()),
            checkpoints: Checkpoints::default(),
            writer,
            reader: Reader::once(readers.clone(), trouble.clone()),
            readers,
            trouble,
            options,
            folder: match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
                _ => PathBuf::from("."),
            },
            at_rest: None,
        })
    }

    /// Whether a file that was read as one that does not change did not.
    pub(in crate::adapters::database) fn was_left_alone(&self) -> bool {
        self.at_rest.as_ref().is_none_or(AtRest::is_still)
    }

    /// For a connection of its own.
    pub(super) fn options(&self) -> Arc<SqliteConnectOptions> {
        self.options.clone()
    }

    /// Where the file lies.
    pub(in crate::adapters::database) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    pub(in crate::adapters::database) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Applies the step together with others that wait, and answers when it is
    /// committed.
    pub(in crate::adapters::database) async fn write<S: WriteStep>(
        &self,
        step: S,
    ) -> Result<S::Output, S::Error> {
        self.writes.write(step).await
    }

    /// Fails while the file refuses what was asked of it before, and for good where nobody
    /// is left who writes.
    pub(in crate::adapters::database) async fn works_again(&self) -> Result<(), StorageError> {
        self.writes.is_served()?;
        self.trouble.is_over(&self.options).await
    }

    /// How many groups of writes were committed since it was opened.
    pub(in crate::adapters::database) fn commits(&self) -> u64 {
        self.writes.commits()
    }

    /// Tells `watch` of every group of writes how many it had.
    pub(in crate::adapters::database) fn watch_groups(&self, watch: GroupWatch) {
        self.writes.watch(watch);
    }

    /// The connections, by what they do.
    pub(in crate::adapters::database) fn pools(&self) -> Vec<PoolState> {
        vec![self.writer.state("writer"), self.readers.state("reader")]
    }

    /// A connection as the migrations take it.
    pub(in crate::adapters::database) async fn for_migrations(
        &self,
    ) -> Result<DatabaseConnection, DbErr> {
        let pool = SqlitePoolOptions::new().max_connections(1);
        let connection = pool.connect_with(self.options.as_ref().clone()).await;
        let connection = connection.map_err(in_execution)?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(connection))
    }

    /// Begins a transaction that stands in no group.
    pub(in crate::adapters::database) async fn begin(&self) -> Result<SqliteTransaction, DbErr> {
        group_commit::begin(&self.writer, &self.trouble).await
    }

    /// Closes all connections, after which the write-ahead log is merged into
    /// the file.
    pub(in crate::adapters::database) async fn close(self) -> Result<(), StorageError> {
        self.checkpoints.end().await;
        self.readers.close().await.map_err(unavailable)?;
        self.writer.close().await.map_err(unavailable)
    }
}

/// FULL: a commit is on the disk before it is answered. `secure_delete`: a
/// deleted private key leaves no copy in the file.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", CACHE)
        .disable_statement_logging()
}

/// What a setting of SQLite is on the connection.
pub(in crate::adapters::database) async fn pragma(
    connection: &impl ConnectionTrait,
    name: &str,
) -> Result<String, StorageError> {
    let query = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = connection
        .query_one_raw(query)
        .await
        .map_err(unavailable)?
        .ok_or_else(|| StorageError::unavailable("SQLite knows no such setting"))?;
    row.try_get_by_index::<String>(0)
        .or_else(|_| Ok(row.try_get_by_index::<i64>(0)?.to_string()))
        .map_err(unavailable)
}

/// More than compute at once would answer no sooner.
fn readers() -> u32 {
    u32::try_from(cores().clamp(2, MOST_READERS)).unwrap_or(2)
}
