//! Copies the write-ahead log into the database beside the writes: SQLite would
//! have the commit that makes the log too long do it, and all behind it wait.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    DbErr,
    sqlx::{self, ConnectOptions, Connection, sqlite::SqliteConnectOptions},
};
use tokio::{sync::Mutex, time::MissedTickBehavior};

use super::{
    connection::BUSY_TIMEOUT,
    connections::Connections,
    statements::in_execution,
    trouble::{Trouble, is_held},
};

/// How long the log may become, in pages (64 MiB with SQLite's default of 4 KiB),
/// before a commit copies it after all: only then does it begin anew while
/// writes never pause.
pub(super) const LONGEST_LOG: &str = "16384";

const EVERY: Duration = Duration::from_secs(1);

/// After how many times without a commit of this process it looks after others: what a
/// command or a killed server wrote is to be copied, too, and a lock that is held for too
/// long to be noticed though nobody writes here.
const LOOKS_AROUND_AFTER: u32 = 60;

/// After how many rounds readers are closed that nobody used since the last time.
const CLOSES_UNUSED_AFTER: u64 = 10;

/// How long a connection that reads waits for those that write.
const BRIEF: Duration = Duration::from_millis(500);

/// How often in a row it finds a lock that another process holds before that is told: after
/// more than five seconds, for which a write would wait.
const HELD_TOO_OFTEN: u32 = 6;

/// What copies now and then, until it is ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Checkpoints(Arc<Mutex<Ended>>);

#[derive(Debug, Default)]
struct Ended(bool);

impl Checkpoints {
    /// Starts the task. It ends with the last handle on the count of commits,
    /// too.
    pub(super) fn start(
        options: SqliteConnectOptions,
        readers: Connections,
        commits: Weak<AtomicU64>,
        trouble: Trouble,
    ) -> Self {
        let checkpoints = Self::default();
        let running = checkpoints.clone();
        tokio::spawn(running.run(options, readers, commits, trouble));
        checkpoints
    }

    /// Answers when nothing is being copied any more.
    pub(super) async fn end(&self) {
        self.0.lock().await.0 = true;
    }

    async fn run(
        self,
        options: SqliteConnectOptions,
        readers: Connections,
        commits: Weak<AtomicU64>,
        trouble: Trouble,
    ) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut before, mut idle, mut held) = (0, 0, 0);
        for round in 1_u64.. {
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
            if round.is_multiple_of(CLOSES_UNUSED_AFTER) {
                readers.close_unused().await;
            }
            if now == before {
                idle += 1;
                if idle >= LOOKS_AROUND_AFTER {
                    held = look_around(&readers, &trouble, held).await;
                    // A lock is looked after again at once.
                    if held == 0 {
                        idle = 0;
                    }
                }
                continue;
            }
            (idle, held) = (0, 0);
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

/// Asks for a turn among the writes, writes nothing, and copies the log. A connection that
/// reads does it: another one would stay in an idle server's memory. Returns how often in a
/// row another process was found to hold the lock, which is `held` times before.
async fn look_around(readers: &Connections, trouble: &Trouble, held: u32) -> u32 {
    let error = match have_a_turn(readers).await {
        Ok(()) => return 0,
        // All of them are busy, which says nothing of writes.
        Err(DbErr::ConnectionAcquire(_)) => return held,
        Err(error) if is_held(&error) && held + 1 < HELD_TOO_OFTEN => return held + 1,
        Err(error) => error,
    };
    tracing::warn!(%error, "the database takes no writes");
    trouble.note_refusal();
    0
}

async fn have_a_turn(readers: &Connections) -> Result<(), DbErr> {
    let mut held = readers.take().await?;
    // Whoever reads may want the connection meanwhile, and does not wait for writers.
    let (brief, usual) = (BRIEF.as_millis(), BUSY_TIMEOUT.as_millis());
    let had = held
        .run_text(&format!(
            "PRAGMA busy_timeout = {brief}; PRAGMA query_only = OFF; BEGIN IMMEDIATE; ROLLBACK; \
             PRAGMA query_only = ON; PRAGMA busy_timeout = {usual}; \
             PRAGMA wal_checkpoint(PASSIVE)",
        ))
        .await;
    if had.is_err() {
        // It may be one that writes now.
        held.give_up();
    }
    had.map(drop).map_err(in_execution)
}

/// As much as no reader still needs, without making anyone wait.
async fn copy(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&mut connection)
        .await?;
    connection.close().await
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sea_orm::{
        ConnectionTrait, DbBackend, Statement,
        sqlx::sqlite::{SqliteConnection, SqliteJournalMode},
    };
    use tempfile::TempDir;
    use tokio::time::sleep;

    use super::*;

    /// A file, and another process's connection to it, which copies nothing.
    async fn shared(folder: &TempDir) -> (SqliteConnectOptions, SqliteConnection) {
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("a.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::ZERO)
            .pragma("wal_autocheckpoint", "0");
        let other = options.connect().await.unwrap();
        (options, other)
    }

    fn reader(options: &SqliteConnectOptions) -> Connections {
        let options = options.clone().busy_timeout(BUSY_TIMEOUT);
        Connections::new(1, options.pragma("query_only", "ON"))
    }

    fn start(options: &SqliteConnectOptions, commits: &Arc<AtomicU64>, trouble: &Trouble) {
        let readers = reader(options);
        let commits = Arc::downgrade(commits);
        Checkpoints::start(options.clone(), readers, commits, trouble.clone());
    }

    /// A day without a commit, or less if that is seen.
    async fn is_seen(other: &mut SqliteConnection, mut seen: impl AsyncFnMut() -> bool) -> bool {
        for _ in 0..86_400 {
            sleep(EVERY).await;
            // What works in threads has its time meanwhile.
            sqlx::query("SELECT 1").execute(&mut *other).await.unwrap();
            if seen().await {
                return true;
            }
        }
        false
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_that_stays_is_noticed_though_nobody_writes_here() {
        let folder = tempfile::tempdir().unwrap();
        let (options, mut other) = shared(&folder).await;
        let (commits, trouble) = (Arc::default(), Trouble::default());
        start(&options, &commits, &trouble);
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut other)
            .await
            .unwrap();
        let noticed = async || trouble.is_over(&options).await.is_err();
        assert!(is_seen(&mut other, noticed).await);
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        trouble.is_over(&options).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_process_wrote_reaches_the_file_too() {
        let folder = tempfile::tempdir().unwrap();
        let (options, mut other) = shared(&folder).await;
        let (commits, trouble) = (Arc::default(), Trouble::default());
        start(&options, &commits, &trouble);
        let write = "CREATE TABLE what_another_process_wrote (n INTEGER)";
        sqlx::query(write).execute(&mut other).await.unwrap();
        let file = options.get_filename();
        let reached = async || {
            let file = fs::read(file).unwrap();
            file.windows(write.len())
                .any(|part| part == write.as_bytes())
        };
        assert!(is_seen(&mut other, reached).await);
        trouble.is_over(&options).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn readers_that_nobody_uses_any_more_are_closed() {
        let folder = tempfile::tempdir().unwrap();
        let (options, mut other) = shared(&folder).await;
        let readers = Connections::new(2, options.clone());
        let used = [readers.take().await.unwrap(), readers.take().await.unwrap()];
        let open = || readers.state("reader").open;
        assert_eq!(open(), 2);
        let (commits, trouble) = (Arc::default(), Trouble::default());
        Checkpoints::start(options, readers.clone(), Arc::downgrade(&commits), trouble);
        drop(used);
        assert!(is_seen(&mut other, async || open() == 1).await);
    }

    #[tokio::test]
    async fn a_connection_that_looked_around_only_reads_again() {
        let folder = tempfile::tempdir().unwrap();
        let (options, mut other) = shared(&folder).await;
        let readers = reader(&options);
        have_a_turn(&readers).await.unwrap();
        assert_only_reads(&readers).await;
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut other)
            .await
            .unwrap();
        have_a_turn(&readers).await.unwrap_err();
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        assert_only_reads(&readers).await;
    }

    #[tokio::test]
    async fn a_lock_is_trouble_once_it_was_found_as_often_as_a_write_would_wait() {
        let folder = tempfile::tempdir().unwrap();
        let (options, mut other) = shared(&folder).await;
        let (readers, trouble) = (reader(&options), Trouble::default());
        let lock = sqlx::query("BEGIN IMMEDIATE");
        lock.execute(&mut other).await.unwrap();
        let mut held = 0;
        for times in 1..HELD_TOO_OFTEN {
            held = look_around(&readers, &trouble, held).await;
            assert_eq!(held, times);
            trouble.is_over(&options).await.unwrap();
        }
        assert_eq!(look_around(&readers, &trouble, held).await, 0);
        trouble.is_over(&options).await.unwrap_err();
    }

    async fn assert_only_reads(readers: &Connections) {
        let query = Statement::from_string(DbBackend::Sqlite, "PRAGMA busy_timeout");
        let row = readers.query_one_raw(query).await.unwrap().unwrap();
        let waits: i64 = row.try_get_by_index(0).unwrap();
        assert_eq!(u128::try_from(waits).unwrap(), BUSY_TIMEOUT.as_millis());
        let mut held = readers.take().await.unwrap();
        let error = held.run_text("CREATE TABLE a (n INTEGER)").await;
        assert!(error.unwrap_err().to_string().contains("readonly"));
    }
}
