//! Refreshes that wait at the same time are one write with a few statements,
//! instead of some for each of them.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::{
    Database,
    error::root_cause,
    refreshing::{refresh, refresh_one},
    sqlite::{Claim, LONGEST_WAIT},
    transaction::Transaction,
    write_step::WriteStep,
};
use crate::ports::{RefreshAttempt, Refreshed, StorageError};

/// How many one write takes at most.
const LARGEST_BATCH: usize = 256;

/// How many wait for it; further ones are refused.
const LONGEST_QUEUE: usize = 4096;

/// The refreshes that wait for the next write.
#[derive(Clone, Default)]
pub(super) struct Refreshes(Arc<Mutex<Vec<(RefreshAttempt, Answer)>>>);

/// Whom one of them answers.
struct Answer {
    to: oneshot::Sender<Result<Refreshed, StorageError>>,
    claims: Claims,
}

/// For the write of all that wait, and for the one alone where that fails.
#[derive(Clone, Default)]
struct Claims {
    together: Claim,
    alone: Claim,
}

impl Answer {
    fn send(self, result: Result<Refreshed, StorageError>) {
        // Whoever asked may be gone.
        let _ = self.to.send(result);
    }
}

impl Refreshes {
    /// Answers when the attempt is committed, or undone.
    pub(super) async fn run(
        &self,
        database: &Database,
        attempt: RefreshAttempt,
    ) -> Result<Refreshed, StorageError> {
        let (to, mut answered) = oneshot::channel();
        let claims = Claims::default();
        let is_first = {
            let mut waiting = self.lock();
            if waiting.len() >= LONGEST_QUEUE {
                return Err(StorageError::unavailable("too many refreshes wait"));
            }
            let answer = Answer {
                to,
                claims: claims.clone(),
            };
            waiting.push((attempt, answer));
            waiting.len() == 1
        };
        if is_first {
            // Not in this task: its caller may go away, and the others stay.
            tokio::spawn(self.clone().write(database.clone()));
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
    async fn write(self, database: Database) {
        loop {
            let taken = Taken::default();
            let step = Batch {
                refreshes: self.clone(),
                taken: taken.clone(),
            };
            let written = database.write(step).await;
            let Some(Turn {
                attempts,
                answers,
                is_judged,
                more,
            }) = taken.lock().take()
            else {
                // It did not come to that, and would not for those that came since.
                let reason = written.err().map_or_else(String::new, |e| root_cause(&e));
                for (_, answer) in self.lock().drain(..) {
                    answer.send(Err(StorageError::unavailable(reason.clone())));
                }
                return;
            };
            let results = match written {
                Ok(results) => results.into_iter().map(Ok).collect(),
                Err(error) if attempts.len() == 1 => vec![Err(error)],
                Err(error) if is_judged => {
                    let refused = || Err(StorageError::unavailable(root_cause(&error)));
                    answers.iter().map(|_| refused()).collect()
                }
                // What fails is to fail alone.
                Err(error) => {
                    let each = attempts
                        .iter()
                        .zip(&answers)
                        .map(async |(attempt, answer)| {
                            if answer.claims.alone.take() {
                                database.write(Alone(attempt.clone())).await
                            } else {
                                Err(StorageError::unavailable(root_cause(&error)))
                            }
                        });
                    join_all(each).await
                }
            };
            for (answer, result) in answers.into_iter().zip(results) {
                answer.send(result);
            }
            if !more {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(RefreshAttempt, Answer)>> {
        // No step under the lock leaves it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Refreshes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refreshes")
    }
}

/// Those whose turn has come.
struct Turn {
    attempts: Arc<[RefreshAttempt]>,
    answers: Vec<Answer>,
    /// What became of each is known, and if anything failed it was the whole write.
    is_judged: bool,
    /// Others wait still.
    more: bool,
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
    refreshes: Refreshes,
    taken: Taken,
}

#[async_trait]
impl WriteStep for Batch {
    /// In the order of those that were taken.
    type Output = Vec<Refreshed>;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<Self::Output, StorageError> {
        let attempts: Arc<[_]> = {
            let mut waiting = self.refreshes.lock();
            let count = waiting.len().min(LARGEST_BATCH);
            let due = waiting.drain(..count);
            let due = due.filter(|(_, answer)| answer.claims.together.take());
            let (attempts, answers): (Vec<_>, _) = due.unzip();
            let (attempts, more) = (Arc::from(attempts), !waiting.is_empty());
            *self.taken.lock() = Some(Turn {
                attempts: Arc::clone(&attempts),
                answers,
                is_judged: false,
                more,
            });
            attempts
        };
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
