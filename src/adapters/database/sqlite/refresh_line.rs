//! Refreshes that wait for the next write.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::claim::Claim;
use crate::ports::{RefreshAttempt, Refreshed, StorageError};

/// How many one write takes at most.
pub(super) const LARGEST_BATCH: usize = 256;

/// How many wait for it; further ones are refused. More than there are connections by
/// default, each of which waits for one.
pub(super) const LONGEST_QUEUE: usize = 16_384;

#[derive(Clone, Default)]
pub(super) struct RefreshLine(Arc<Mutex<Vec<(RefreshAttempt, Answer)>>>);

/// Whom one of them answers.
pub(super) struct Answer {
    to: oneshot::Sender<Result<Refreshed, StorageError>>,
    pub(super) claims: Claims,
}

/// For the write of all that wait, and for the one alone where that fails.
#[derive(Clone, Default)]
pub(super) struct Claims {
    pub(super) together: Claim,
    pub(super) alone: Claim,
}

/// What the caller of one that waits keeps.
pub(super) struct Place {
    pub(super) answered: oneshot::Receiver<Result<Refreshed, StorageError>>,
    pub(super) claims: Claims,
    /// Nobody writes yet what waits.
    pub(super) is_first: bool,
}

/// Those whose turn has come.
pub(super) struct Due {
    pub(super) attempts: Arc<[RefreshAttempt]>,
    pub(super) answers: Vec<Answer>,
    /// Others wait still.
    pub(super) more: bool,
}

impl Answer {
    pub(super) fn send(self, result: Result<Refreshed, StorageError>) {
        // Whoever asked may be gone.
        let _ = self.to.send(result);
    }
}

impl RefreshLine {
    /// Fails where too many wait.
    pub(super) fn join(&self, attempt: RefreshAttempt) -> Result<Place, StorageError> {
        let (to, answered) = oneshot::channel();
        let claims = Claims::default();
        let mut waiting = self.lock();
        if waiting.len() >= LONGEST_QUEUE {
            return Err(StorageError::unavailable("too many refreshes wait"));
        }
        let answer = Answer {
            to,
            claims: claims.clone(),
        };
        waiting.push((attempt, answer));
        Ok(Place {
            answered,
            claims,
            is_first: waiting.len() == 1,
        })
    }

    /// As many as one write takes, but those whose callers wait no longer.
    pub(super) fn take_due(&self) -> Due {
        let mut waiting = self.lock();
        let count = waiting.len().min(LARGEST_BATCH);
        let due = waiting.drain(..count);
        let due = due.filter(|(_, answer)| answer.claims.together.take());
        let (attempts, answers): (Vec<_>, _) = due.unzip();
        Due {
            attempts: attempts.into(),
            answers,
            more: !waiting.is_empty(),
        }
    }

    /// All that wait.
    pub(super) fn refuse(&self, reason: &str) {
        for (_, answer) in self.lock().drain(..) {
            answer.send(Err(StorageError::unavailable(reason)));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(RefreshAttempt, Answer)>> {
        // No step under the lock leaves it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
