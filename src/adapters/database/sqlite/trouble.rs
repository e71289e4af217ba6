//! What showed of a file that cannot be worked on as it should.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions, Connection, sqlite::SqliteConnectOptions},
};

use crate::ports::StorageError;

const BUSY: u32 = 5;
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const NOTADB: u32 = 26;

/// How long a trial write waits for a lock that another process holds.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

/// Shared by all that use the file.
#[derive(Clone, Debug, Default)]
pub(in crate::adapters::database) struct Trouble(Arc<Shown>);

#[derive(Debug, Default)]
struct Shown {
    refuses_writes: AtomicBool,
    damaged: AtomicBool,
    /// The connection that writes may be one that only reads: SQLite opens a file
    /// that it may not write for reading, and says nothing.
    writer_is_doubtful: AtomicBool,
}

impl Trouble {
    /// A write was not committed, or had no turn: the disk is full, another
    /// process holds the lock, or the file may not be written.
    pub(super) fn note_refusal(&self) {
        self.0.refuses_writes.store(true, Ordering::Relaxed);
        self.0.writer_is_doubtful.store(true, Ordering::Relaxed);
    }

    /// Whether the connection that writes is to be replaced by a new one. Asking
    /// settles it.
    pub(super) fn replaces_writer(&self) -> bool {
        self.0.writer_is_doubtful.swap(false, Ordering::Relaxed)
    }

    /// Remembers whether SQLite found the file damaged, or could not write it.
    pub(in crate::adapters::database) fn note(&self, error: &(dyn Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<DbErr>() {
                match cause(error).and_then(primary_code) {
                    Some(CORRUPT | NOTADB) => self.0.damaged.store(true, Ordering::Relaxed),
                    Some(READONLY | IOERR) => self.note_refusal(),
                    _ => {}
                }
                return;
            }
            next = error.source();
        }
    }

    /// Fails while writes are refused, which is tried, and for good once a
    /// damaged page was met: nothing mends it but another file in its place, which
    /// this process, with the former one open, would not see. What a disk failed
    /// to read is another error, which passes.
    pub(super) async fn is_over(&self, options: &SqliteConnectOptions) -> Result<(), StorageError> {
        if self.0.damaged.load(Ordering::Relaxed) {
            return Err(StorageError::unavailable(
                "the database file is damaged: restore a backup",
            ));
        }
        if !self.0.refuses_writes.load(Ordering::Relaxed) {
            return Ok(());
        }
        let tried = write(options).await;
        tried.map_err(StorageError::unavailable)?;
        self.0.refuses_writes.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// Writes a page, and changes nothing that anyone reads: Signet has no use for
/// this number.
async fn write(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let options = options.clone().busy_timeout(LOCK_TIMEOUT);
    let mut connection = options.connect().await?;
    sqlx::query("PRAGMA user_version = 0")
        .execute(&mut connection)
        .await?;
    connection.close().await
}

fn cause(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Whether it failed at a lock that another connection holds.
pub(super) fn is_held(error: &DbErr) -> bool {
    cause(error).is_some_and(is_locked)
}

/// Whether another connection holds a lock.
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(BUSY)
}

/// Whether the file is no database, or not a whole one.
pub(super) fn is_damage(error: &sqlx::Error) -> bool {
    [CORRUPT, NOTADB].map(Some).contains(&primary_code(error))
}

pub(super) fn is_no_database(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(NOTADB)
}

/// The lowest byte of an extended result code.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    let code: u32 = code.parse().ok()?;
    Some(code & 0xff)
}
