use std::sync::Arc;

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    domain::{
        KeyChange, KeyId, KeySet, KeyState, KeyTimings, SigningAlgorithm, StoredKey, Timestamp,
    },
    ports::{Clock, KeyStore},
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
    },
    /// The next key was not published long enough.
    NotBefore {
        next: KeyId,
        at: Timestamp,
    },
}

impl RotateKeys {
    /// `algorithm`: what the next key must sign with. A next key of another
    /// algorithm is replaced by one that is published from now on.
    pub async fn run(&self, algorithm: Option<SigningAlgorithm>) -> Result<Rotation, KeysError> {
        let plan = |set| self.plan(set, algorithm);
        change_set(&*self.keys, &*self.clock, plan).await
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
            let change = KeyChange::ReplaceNext {
                next: next.record.kid.clone(),
                new_next: self.maker.make_for(wanted).await?,
                at: self.clock.now(),
            };
            // The new key takes over how long the former was to be published.
            let after = set.after(&change).ok_or(KeysError::Unsettled)?;
            let new_next = after.in_state(KeyState::Next);
            let new_next = new_next.ok_or(KeysError::Missing("next"))?;
            return Ok(Plan {
                outcome: self.not_before(&after, new_next),
                change: Some(change),
            });
        }
        if self.clock.now() < set.may_sign_from(next, self.timings) {
            return Ok(Plan {
                outcome: self.not_before(&set, next),
                change: None,
            });
        }
        let algorithm = algorithm.unwrap_or(self.maker.algorithm);
        Ok(Plan {
            outcome: Rotation::Done {
                retired: active.kid.clone(),
                active: next.record.kid.clone(),
            },
            change: Some(KeyChange::Promote {
                active: active.kid.clone(),
                next: next.record.kid.clone(),
                new_next: self.maker.make_for(algorithm).await?,
                at: self.clock.now(),
                still_signing: self.timings.signs_after_retirement(),
            }),
        })
    }

    fn not_before(&self, set: &KeySet, next: &StoredKey) -> Rotation {
        Rotation::NotBefore {
            next: next.record.kid.clone(),
            at: set.may_sign_from(next, self.timings),
        }
    }
}
