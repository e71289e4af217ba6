//! Opening a file that others open, too.

use std::{future::Future, time::Duration};

use sea_orm::sqlx::{
    self, ConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::time::sleep;

use super::{connection::BUSY_TIMEOUT, trouble::is_locked};
use crate::adapters::system::timer_now;

const AGAIN_AFTER: Duration = Duration::from_millis(10);

/// Of several that begin a file's write-ahead log at once SQLite refuses all but one, and
/// does not wait however long it may: it holds a lock for reading by then
/// (`sqlite3BtreeBeginTrans`).
pub(super) async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    again_while_locked(|| options.connect()).await
}

async fn again_while_locked<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, sqlx::Error>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    let begun = timer_now();
    loop {
        match attempt().await {
            Err(error) if is_locked(&error) && timer_now() - begun < BUSY_TIMEOUT => {
                sleep(AGAIN_AFTER).await;
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sqlx::{Connection, sqlite::SqliteJournalMode};
    use tempfile::TempDir;

    use super::*;

    /// Of a new file, and a connection that holds its lock.
    async fn locked(folder: &TempDir) -> (SqliteConnectOptions, SqliteConnection) {
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("a.db"))
            .create_if_missing(true);
        let mut other = options.connect().await.unwrap();
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut other)
            .await
            .unwrap();
        (options.journal_mode(SqliteJournalMode::Wal), other)
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_begins_the_log_while_another_one_does_tries_again() {
        let folder = tempfile::tempdir().unwrap();
        let (options, other) = locked(&folder).await;
        let mut other = Some(other);
        let mut attempts = 0;
        let opened = again_while_locked(|| {
            attempts += 1;
            let (options, other) = (options.clone(), other.take());
            async move {
                let opened = options.connect().await;
                if let Some(other) = other {
                    other.close().await.unwrap();
                }
                opened
            }
        });
        opened.await.unwrap();
        assert_eq!(attempts, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_stays_locked_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (options, _other) = locked(&folder).await;
        let error = open(&options).await.unwrap_err();
        assert!(is_locked(&error), "{error}");
    }

    #[tokio::test]
    async fn another_error_is_none_to_wait_for() {
        let mut attempts = 0;
        let opened = again_while_locked(|| {
            attempts += 1;
            async { Err::<(), _>(sqlx::Error::WorkerCrashed) }
        });
        opened.await.unwrap_err();
        assert_eq!(attempts, 1);
    }
}
