use std::{sync::Arc, time::Duration};

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    domain::{
        AuditAction, AuditTarget, KeyChange, KeyId, KeySet, KeyState, KeyTimings, SigningAlgorithm,
        StoredKey, Timestamp,
    },
    ports::{Clock, KeyStore},
    usecases::Initiator,
};

/// Lets the next key take over now, if verifiers can know it.
pub struct RotateKeys {
    pub keys: Arc<dyn KeyStore>,
    pub maker: Arc<KeyMaker>,
    pub clock: Arc<dyn Clock>,
    pub timings: KeyTimings,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    Done {
        retired: KeyId,
        active: KeyId,
        next: KeyId,
    },
    /// The next key was not published long enough.
    NotBefore {
        next: KeyId,
        /// The next key of another algorithm that it came in place of, now.
        replaced: Option<KeyId>,
        at: Timestamp,
        /// How long it is until then.
        wait: Duration,
    },
}

impl RotateKeys {
    /// `algorithm`: what the next key must sign with. A next key of another
    /// algorithm is replaced by one that is published from now on.
    pub async fn run(
        &self,
        by: &Initiator,
        algorithm: Option<SigningAlgorithm>,
    ) -> Result<Rotation, KeysError> {
        let plan = |set| self.plan(set, algorithm);
        let act = (by, AuditAction::RotateKey);
        change_set(&*self.keys, &*self.clock, act, plan).await
    }

    async fn plan(
        &self,
        set: KeySet,
        algorithm: Option<SigningAlgorithm>,
    ) -> Result<Plan<Rotation>, KeysError> {
        let active = set.in_state(KeyState::Active);
        let active = &active.ok_or(KeysError::Missing("active"))?.record;
        let next = set.in_state(KeyState::Next);
        let next = next.ok_or(KeysError::Missing("next"))?;
        let wanted = algorithm.unwrap_or(next.record.algorithm);
        if wanted != next.record.algorithm {
            return self.replace(&set, &next.record.kid, wanted).await;
        }
        if self.clock.now() < set.may_sign_from(next, self.timings) {
            return Ok(Plan {
                outcome: self.not_before(&set, next, None),
                change: None,
            });
        }
        let new_next = (self.maker).make_for(algorithm.unwrap_or(self.maker.algorithm));
        let new_next = new_next.await?;
        let promoted = next.record.kid.clone();
        Ok(Plan {
            outcome: Rotation::Done {
                retired: active.kid.clone(),
                active: promoted.clone(),
                next: new_next.record.kid.clone(),
            },
            change: Some((
                KeyChange::Promote {
                    active: active.kid.clone(),
                    next: promoted.clone(),
                    new_next,
                    at: self.clock.now(),
                    still_signing: self.timings.signs_after_retirement(),
                },
                AuditTarget::Key(promoted),
            )),
        })
    }

    async fn replace(
        &self,
        set: &KeySet,
        next: &KeyId,
        wanted: SigningAlgorithm,
    ) -> Result<Plan<Rotation>, KeysError> {
        let new_next = self.maker.make_for(wanted).await?;
        let target = AuditTarget::Key(new_next.record.kid.clone());
        let change = KeyChange::ReplaceNext {
            next: next.clone(),
            new_next,
            among: set.keys().len(),
            at: self.clock.now(),
        };
        // The new key takes over how long the former was to be published.
        let after = set.after(&change).ok_or(KeysError::Unsettled)?;
        let new_next = after.in_state(KeyState::Next);
        let new_next = new_next.ok_or(KeysError::Missing("next"))?;
        Ok(Plan {
            outcome: self.not_before(&after, new_next, Some(next.clone())),
            change: Some((change, target)),
        })
    }

    fn not_before(&self, set: &KeySet, next: &StoredKey, replaced: Option<KeyId>) -> Rotation {
        let at = set.may_sign_from(next, self.timings);
        Rotation::NotBefore {
            next: next.record.kid.clone(),
            replaced,
            at,
            wait: (at - self.clock.now()).to_std().unwrap_or_default(),
        }
    }
}
