//! Refreshes that wait at the same time are one write with a few statements,
//! instead of some for each of them.

use std::{
    collections::{BTreeSet, HashMap},
    fmt, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::{Database, auth_log, session_store, transaction::Transaction, write_step::WriteStep};
use crate::{
    domain::{AuthFailure, RefreshStep},
    ports::{RefreshAttempt, Refreshed, StorageError},
};

/// How many one write takes at most.
const LARGEST_BATCH: usize = 256;

type Answer = oneshot::Sender<Result<Refreshed, StorageError>>;

/// The refreshes that wait for the next write.
#[derive(Clone, Default)]
pub(super) struct Refreshes(Arc<Mutex<Vec<(RefreshAttempt, Answer)>>>);

impl Refreshes {
    /// Answers when the attempt is committed, or undone.
    pub(super) async fn run(
        &self,
        database: &Database,
        attempt: RefreshAttempt,
    ) -> Result<Refreshed, StorageError> {
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut waiting = self.lock();
            waiting.push((attempt, answer));
            waiting.len() == 1
        };
        if is_first {
            // Not in this task: its caller may go away, and the others stay.
            tokio::spawn(self.clone().write(database.clone()));
        }
        answered
            .await
            .map_err(|_| StorageError::unavailable("the writing task is gone"))?
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
                let reason = written.err().map_or_else(String::new, |e| e.to_string());
                for (_, answer) in self.lock().drain(..) {
                    // Whoever asked may be gone.
                    let _ = answer.send(Err(StorageError::unavailable(reason.clone())));
                }
                return;
            };
            let results = match written {
                Ok(results) => results.into_iter().map(Ok).collect(),
                Err(error) if attempts.len() == 1 => vec![Err(error)],
                Err(error) if is_judged => {
                    let refused = || Err(StorageError::unavailable(error.to_string()));
                    answers.iter().map(|_| refused()).collect()
                }
                // What fails is to fail alone.
                Err(_) => {
                    let each = attempts.iter().cloned();
                    join_all(each.map(|attempt| database.write(Alone(attempt)))).await
                }
            };
            for (answer, result) in answers.into_iter().zip(results) {
                let _ = answer.send(result);
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
            let (attempts, answers): (Vec<_>, _) = waiting.drain(..count).unzip();
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

pub(super) async fn refresh_one(
    transaction: &Transaction,
    attempt: &RefreshAttempt,
) -> Result<Refreshed, StorageError> {
    let refreshed = refresh(transaction, slice::from_ref(attempt)).await?.pop();
    refreshed.ok_or_else(|| StorageError::unavailable("a refresh had no outcome"))
}

/// Judges the attempts one after the other, in memory, and then writes what
/// became of their sessions.
async fn refresh(
    transaction: &Transaction,
    attempts: &[RefreshAttempt],
) -> Result<Vec<Refreshed>, StorageError> {
    let ids: BTreeSet<_> = attempts.iter().map(|attempt| attempt.session).collect();
    let mut sessions: HashMap<_, _> = session_store::find_active(transaction, &ids).await?;
    let (mut rotated, mut ended) = (BTreeSet::new(), BTreeSet::new());
    let mut results = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let at = attempt.clock.now();
        let id = attempt.session;
        let Some((session, user)) = sessions.get_mut(&id) else {
            ended.insert(id);
            results.push(Refreshed::NoSession);
            continue;
        };
        let step = session.refresh(
            attempt.token,
            at,
            &attempt.origin,
            attempt.refresh_key,
            attempt.terms,
        );
        let ends = match step {
            RefreshStep::Rotate(next) => {
                *session = next;
                rotated.insert(id);
                None
            }
            RefreshStep::Repeat => None,
            RefreshStep::Reuse => {
                let failure = AuthFailure::RefreshReuse(user.id, id);
                auth_log::insert_failure(transaction, at, &attempt.origin, &failure).await?;
                Some(Refreshed::Reused)
            }
            RefreshStep::Expired => Some(Refreshed::NoSession),
        };
        let current = || Refreshed::Current(Box::new(session.clone()), Box::new(user.clone()));
        let ending = ends.is_some();
        results.push(ends.unwrap_or_else(current));
        if ending {
            sessions.remove(&id);
            ended.insert(id);
        }
    }
    let kept = rotated.iter().filter_map(|id| sessions.get(id));
    session_store::write_all(transaction, kept.map(|(session, _)| session)).await?;
    for id in ended {
        session_store::delete(transaction, id).await?;
    }
    Ok(results)
}
