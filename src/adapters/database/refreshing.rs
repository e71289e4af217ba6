//! What becomes of sessions that are refreshed.

use std::{
    collections::{BTreeSet, HashMap},
    slice,
};

use super::{auth_log, session_store, transaction::Transaction};
use crate::{
    domain::{AuthFailure, RefreshStep},
    ports::{RefreshAttempt, Refreshed, StorageError},
};

pub(super) async fn refresh_one(
    transaction: &Transaction,
    attempt: &RefreshAttempt,
) -> Result<Refreshed, StorageError> {
    let refreshed = refresh(transaction, slice::from_ref(attempt)).await?.pop();
    refreshed.ok_or_else(|| StorageError::unavailable("a refresh had no outcome"))
}

/// Judges the attempts one after the other, in memory, and then writes what
/// became of their sessions.
pub(super) async fn refresh(
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
