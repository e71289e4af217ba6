use super::KeysError;
use crate::{
    domain::{AuditAction, AuditTarget, KeyAct, KeyChange, KeySet},
    ports::{Clock, KeyChanged, KeyStore},
    usecases::Initiator,
};

/// What to do with the key set as it was read.
pub(super) struct Plan<T> {
    /// None where there is nothing to do; the key that it is about.
    pub(super) change: Option<(KeyChange, AuditTarget)>,
    /// What is so once that is done.
    pub(super) outcome: T,
}

/// How often others may change the set in between.
const ATTEMPTS: usize = 10;

/// Makes a plan for the key set and carries it out, and does so again where
/// another change came between.
pub(super) async fn change_set<T, E, F>(
    keys: &dyn KeyStore,
    clock: &dyn Clock,
    (by, action): (&Initiator, AuditAction),
    plan: impl Fn(KeySet) -> F,
) -> Result<T, E>
where
    E: From<KeysError>,
    F: Future<Output = Result<Plan<T>, E>>,
{
    for _ in 0..ATTEMPTS {
        let set = keys.load().await.map_err(KeysError::from)?;
        let Plan { change, outcome } = plan(set).await?;
        let Some((change, target)) = change else {
            return Ok(outcome);
        };
        let act = KeyAct {
            act: by.acts(clock.now()),
            action,
            target,
        };
        let changed = keys.change(&change, Some(&act), clock).await;
        if changed.map_err(KeysError::from)? == KeyChanged::Done {
            return Ok(outcome);
        }
    }
    Err(KeysError::Unsettled.into())
}
