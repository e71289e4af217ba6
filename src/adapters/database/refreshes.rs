//! Refreshes that wait at the same time are one write with a few statements,
//! instead of some for each of them.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    panic::AssertUnwindSafe,
    slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures_util::FutureExt;
use sea_orm::{DatabaseTransaction, TransactionTrait};
use tokio::sync::oneshot;

use super::{Database, auth_log, error::unavailable, session_store, write_step::WriteStep};
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
            let Turn { answers, more } = match taken.lock().take() {
                Some(turn) => turn,
                // It did not come to that, and would not for those that came since.
                None => Turn {
                    answers: self.lock().drain(..).map(|(_, answer)| answer).collect(),
                    more: false,
                },
            };
            let results = match written {
                Ok(results) => results,
                Err(error) if answers.len() == 1 => vec![Err(error)],
                Err(error) => {
                    let refused = || StorageError::unavailable(error.to_string());
                    answers.iter().map(|_| Err(refused())).collect()
                }
            };
            for (answer, result) in answers.into_iter().zip(results) {
                // Whoever asked may be gone.
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
    answers: Vec<Answer>,
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
    type Output = Vec<Result<Refreshed, StorageError>>;
    type Error = StorageError;

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<Self::Output, StorageError> {
        let attempts: Vec<_> = {
            let mut waiting = self.refreshes.lock();
            let count = waiting.len().min(LARGEST_BATCH);
            let (attempts, answers) = waiting.drain(..count).unzip();
            let more = !waiting.is_empty();
            *self.taken.lock() = Some(Turn { answers, more });
            attempts
        };
        if attempts.len() == 1 {
            // What fails is undone with the whole write.
            let refreshed = refresh(transaction, &attempts).await?;
            return Ok(refreshed.into_iter().map(Ok).collect());
        }
        match in_savepoint(transaction, &attempts).await? {
            Ok(all) => Ok(all.into_iter().map(Ok).collect()),
            // What fails is to fail alone.
            Err(_) => one_by_one(transaction, &attempts).await,
        }
    }
}

async fn one_by_one(
    transaction: &DatabaseTransaction,
    attempts: &[RefreshAttempt],
) -> Result<Vec<Result<Refreshed, StorageError>>, StorageError> {
    let mut results = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let alone = in_savepoint(transaction, slice::from_ref(attempt)).await?;
        let missing = || StorageError::unavailable("a refresh had no outcome");
        results.push(alone.and_then(|mut all| all.pop().ok_or_else(missing)));
    }
    Ok(results)
}

/// All of them or none; the outer error is one of the whole transaction, in
/// which nothing more may be tried.
async fn in_savepoint(
    transaction: &DatabaseTransaction,
    attempts: &[RefreshAttempt],
) -> Result<Result<Vec<Refreshed>, StorageError>, StorageError> {
    let savepoint = transaction.begin().await.map_err(unavailable)?;
    let refreshed = AssertUnwindSafe(refresh(&savepoint, attempts))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(StorageError::unavailable("a write panicked")));
    match &refreshed {
        Ok(_) => savepoint.commit().await,
        Err(_) => savepoint.rollback().await,
    }
    .map_err(unavailable)?;
    Ok(refreshed)
}

/// Judges the attempts one after the other, in memory, and then writes what
/// became of their sessions.
pub(super) async fn refresh(
    transaction: &DatabaseTransaction,
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
