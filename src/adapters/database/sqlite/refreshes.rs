//! Refreshes that wait at the same time are one write with a few statements,
//! instead of some for each of them.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{
    Sqlite,
    claim::LONGEST_WAIT,
    refresh_line::{Due, Place, RefreshLine},
};
use crate::{
    adapters::database::{
        error::root_cause,
        refreshing::{refresh, refresh_one},
        transaction::Transaction,
        write_step::WriteStep,
    },
    ports::{RefreshAttempt, Refreshed, StorageError},
};

/// One write for all that wait while the last one runs.
#[derive(Clone, Default)]
pub(in crate::adapters::database) struct Refreshes(RefreshLine);

impl Refreshes {
    /// Answers when the attempt is committed, or undone.
    pub(in crate::adapters::database) async fn run(
        &self,
        sqlite: &Sqlite,
        attempt: RefreshAttempt,
    ) -> Result<Refreshed, StorageError> {
        let Place {
            mut answered,
            claims,
            is_first,
        } = self.0.join(attempt)?;
        if is_first {
            // Not in this task: its caller may go away, and the others stay.
            tokio::spawn(self.clone().write(sqlite.clone()));
        }
        let answered = match tokio::time::timeout(LONGEST_WAIT, &mut answered).await {
            Ok(answered) => answered,
            Err(_) if claims.together.take() => {
                let reason = "the refresh did not have its turn in time";
                return Err(StorageError::unavailable(reason));
            }
            // It has begun: what becomes of it is worth waiting for, and no second try.
            Err(_) => {
                claims.alone.take();
                answered.await
            }
        };
        answered.map_err(|_| StorageError::unavailable("the writing task is gone"))?
    }

    /// Writes until nothing waits.
    async fn write(self, sqlite: Sqlite) {
        loop {
            let taken = Taken::default();
            let step = Batch {
                line: self.0.clone(),
                taken: taken.clone(),
            };
            let written = sqlite.write(step).await;
            let Some(Turn { due, is_judged }) = taken.lock().take() else {
                // It did not come to that, and would not for those that came since.
                let reason = written.err().map_or_else(String::new, |e| root_cause(&e));
                self.0.refuse(&reason);
                return;
            };
            let results = match written {
                Ok(results) => results.into_iter().map(Ok).collect(),
                Err(error) if due.attempts.len() == 1 => vec![Err(error)],
                Err(error) if is_judged => {
                    let refused = || Err(StorageError::unavailable(root_cause(&error)));
                    due.answers.iter().map(|_| refused()).collect()
                }
                // What fails is to fail alone.
                Err(error) => {
                    let each = due.attempts.iter().zip(&due.answers);
                    let each = each.map(async |(attempt, answer)| {
                        if answer.claims.alone.take() {
                            sqlite.write(Alone(attempt.clone())).await
                        } else {
                            Err(StorageError::unavailable(root_cause(&error)))
                        }
                    });
                    join_all(each).await
                }
            };
            for (answer, result) in due.answers.into_iter().zip(results) {
                answer.send(result);
            }
            if !due.more {
                return;
            }
        }
    }
}

impl fmt::Debug for Refreshes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refreshes")
    }
}

struct Turn {
    due: Due,
    /// What became of each is known, and if anything failed it was the whole write.
    is_judged: bool,
}

/// A turn, kept where a write that fails does not lose it.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Option<Turn>>>);

impl Taken {
    fn lock(&self) -> MutexGuard<'_, Option<Turn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What waits when its turn comes.
#[derive(Clone)]
struct Batch {
    line: RefreshLine,
    taken: Taken,
}

#[async_trait]
impl WriteStep for Batch {
    /// In the order of those that were taken.
    type Output = Vec<Refreshed>;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<Self::Output, StorageError> {
        let due = self.line.take_due();
        let attempts = due.attempts.clone();
        *self.taken.lock() = Some(Turn {
            due,
            is_judged: false,
        });
        let refreshed = refresh(transaction, &attempts).await?;
        if let Some(turn) = &mut *self.taken.lock() {
            turn.is_judged = true;
        }
        Ok(refreshed)
    }
}

/// One that failed among others.
#[derive(Clone)]
struct Alone(RefreshAttempt);

#[async_trait]
impl WriteStep for Alone {
    type Output = Refreshed;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<Refreshed, StorageError> {
        refresh_one(transaction, &self.0).await
    }
}

#[cfg(test)]
mod tests {
    use std::{
        path::Path,
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use sea_orm::sqlx::{
        ConnectOptions, Executor,
        sqlite::{SqliteConnectOptions, SqliteConnection},
    };
    use tempfile::TempDir;
    use tokio::{task::JoinHandle, time};
    use uuid::Uuid;

    use super::{
        super::refresh_line::{LARGEST_BATCH, LONGEST_QUEUE},
        *,
    };
    use crate::{
        adapters::database::{Database, connection::Kind, migrate},
        domain::{
            ClientAddress, Generation, MonotonicTime, PresentedToken, RefreshKeyId, RequestOrigin,
            SessionId, SessionTerms, Timestamp,
        },
        ports::Clock,
    };

    /// What reads of the time came to, once for each time that a refresh was done.
    #[derive(Default)]
    struct Reads {
        count: AtomicUsize,
        panics: bool,
    }

    impl Clock for Reads {
        fn now(&self) -> Timestamp {
            self.count.fetch_add(1, Ordering::Relaxed);
            assert!(!self.panics, "the clock is broken");
            Timestamp::default()
        }

        fn monotonic(&self) -> MonotonicTime {
            MonotonicTime::default()
        }
    }

    /// Of no session.
    fn attempt(clock: Arc<Reads>) -> RefreshAttempt {
        RefreshAttempt {
            session: SessionId::new(Uuid::nil()),
            token: PresentedToken {
                generation: Generation::FIRST,
                key: RefreshKeyId::FIRST,
            },
            clock,
            origin: RequestOrigin {
                address: ClientAddress::new("192.0.2.7".parse().unwrap()),
                user_agent: None,
                request_id: "request-1".parse().unwrap(),
            },
            refresh_key: RefreshKeyId::FIRST,
            terms: SessionTerms {
                idle: Duration::from_hours(1),
                longest: Duration::from_hours(1),
                reuse_window: Duration::from_secs(10),
            },
        }
    }

    type Done = Result<Refreshed, StorageError>;

    /// A batch that has begun, and waits for a lock that another process holds; and one
    /// refresh that waits for the next batch.
    struct Waiting {
        _folder: TempDir,
        lock: SqliteConnection,
        batch: Vec<JoinHandle<Done>>,
        next: JoinHandle<Done>,
    }

    impl Waiting {
        async fn with(first: &Arc<Reads>, others: &Arc<Reads>, next: &Arc<Reads>) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.db");
            let sqlite = migrated(&path).await;
            let options = SqliteConnectOptions::new().filename(&path);
            let mut lock = options.connect().await.unwrap();
            lock.execute("BEGIN IMMEDIATE").await.unwrap();
            let refreshes = Refreshes::default();
            let ask = |clock: &Arc<Reads>| {
                let (refreshes, sqlite) = (refreshes.clone(), sqlite.clone());
                let attempt = attempt(clock.clone());
                tokio::spawn(async move { refreshes.run(&sqlite, attempt).await })
            };
            let batch = (1..LARGEST_BATCH).map(|_| others);
            let batch = [first].into_iter().chain(batch).map(ask).collect();
            let next = ask(next);
            while refreshes.0.len() != 1 {
                tokio::task::yield_now().await;
            }
            Self {
                _folder: folder,
                lock,
                batch,
                next,
            }
        }

        /// Until the last one that waits is refused; what became of the batch then.
        async fn for_too_long(mut self) -> Vec<Done> {
            time::pause();
            time::advance(LONGEST_WAIT + Duration::from_millis(1)).await;
            time::resume();
            let refused = self.next.await.unwrap().unwrap_err();
            let said = root_cause(&refused);
            assert_eq!(said, "the refresh did not have its turn in time");
            self.lock.execute("ROLLBACK").await.unwrap();
            let batch = join_all(self.batch).await;
            batch.into_iter().map(Result::unwrap).collect()
        }
    }

    async fn migrated(path: &Path) -> Sqlite {
        std::fs::File::create(path).unwrap();
        let database = Database::open_sqlite(path).await.unwrap();
        migrate(&database).await.unwrap();
        let Database(Kind::Sqlite(sqlite)) = database else {
            unreachable!("it is SQLite");
        };
        sqlite
    }

    #[tokio::test]
    async fn what_waited_too_long_is_not_done_later_and_what_had_begun_is() {
        let [done, refused] = [(); 2].map(|()| Arc::new(Reads::default()));
        let waiting = Waiting::with(&done, &done, &refused).await;
        let batch = waiting.for_too_long().await;
        assert!(batch.iter().all(Result::is_ok), "{batch:?}");
        assert_eq!(done.count.load(Ordering::Relaxed), LARGEST_BATCH);
        assert_eq!(refused.count.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn what_waited_too_long_in_a_batch_that_fails_is_not_tried_again() {
        let [first, refused] = [(); 2].map(|()| Arc::new(Reads::default()));
        let broken = Arc::new(Reads {
            panics: true,
            ..Reads::default()
        });
        let waiting = Waiting::with(&first, &broken, &refused).await;
        let batch = waiting.for_too_long().await;
        assert!(batch.iter().all(Result::is_err), "{batch:?}");
        assert_eq!(first.count.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn one_more_than_may_wait_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = migrated(&folder.path().join("a.db")).await;
        let refreshes = Refreshes::default();
        let attempt = attempt(Arc::new(Reads::default()));
        for _ in 0..LONGEST_QUEUE {
            refreshes.0.join(attempt.clone()).ok().unwrap();
        }
        let refused = refreshes.run(&sqlite, attempt).await;
        let said = refused.map_err(|error| root_cause(&error));
        assert_eq!(said, Err("too many refreshes wait".to_owned()));
    }
}
