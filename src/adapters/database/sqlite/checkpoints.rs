//! Copies the write-ahead log into the database beside the writes: SQLite would
//! have the commit that makes the log too long do it, and all behind it wait.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::sqlx::{self, ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tokio::{sync::Mutex, time::MissedTickBehavior};

/// How long the log may become, in pages (64 MiB with SQLite's default of 4 KiB),
/// before a commit copies it after all: only then does it begin anew while
/// writes never pause.
pub(super) const LONGEST_LOG: &str = "16384";

const EVERY: Duration = Duration::from_secs(1);

/// What copies now and then, until it is ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Checkpoints(Arc<Mutex<Ended>>);

#[derive(Debug, Default)]
struct Ended(bool);

impl Checkpoints {
    /// Starts the task. It ends with the last handle on the count of commits,
    /// too.
    pub(super) fn start(options: SqliteConnectOptions, commits: Weak<AtomicU64>) -> Self {
        let checkpoints = Self::default();
        tokio::spawn(checkpoints.clone().run(options, commits));
        checkpoints
    }

    /// Answers when nothing is being copied any more.
    pub(super) async fn end(&self) {
        self.0.lock().await.0 = true;
    }

    async fn run(self, options: SqliteConnectOptions, commits: Weak<AtomicU64>) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = 0;
        loop {
            ticks.tick().await;
            let Some(commits) = commits.upgrade() else {
                return;
            };
            let now = commits.load(Ordering::Relaxed);
            drop(commits);
            let ended = self.0.lock().await;
            if ended.0 {
                return;
            }
            if now == before {
                continue;
            }
            match copy(&options).await {
                Ok(()) => before = now,
                Err(error) => tracing::warn!(
                    %error,
                    "cannot copy the write-ahead log into the database; it grows meanwhile"
                ),
            }
        }
    }
}

/// As much as no reader still needs, without making anyone wait.
async fn copy(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&mut connection)
        .await?;
    connection.close().await
}
