use std::sync::Arc;

use super::{KeyMaker, KeysError};
use crate::{
    domain::{KeyChange, KeyId, KeyState, KeyTimings, SigningAlgorithm, Timestamp},
    ports::{Clock, KeyChanged, KeyStore},
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

const ATTEMPTS: usize = 10;

impl RotateKeys {
    /// `algorithm`: what the next key must sign with. A next key of another
    /// algorithm is replaced by one that is published from now on.
    pub async fn run(&self, algorithm: Option<SigningAlgorithm>) -> Result<Rotation, KeysError> {
        for _ in 0..ATTEMPTS {
            let set = self.keys.load().await?;
            let active = set.in_state(KeyState::Active);
            let active = active
                .ok_or(KeysError::Missing("active"))?
                .record
                .kid
                .clone();
            let next = set.in_state(KeyState::Next);
            let next = next.ok_or(KeysError::Missing("next"))?;
            let kid = next.record.kid.clone();
            let may_sign_from = next.life.may_sign_from(self.timings);
            let change = match algorithm {
                Some(wanted) if wanted != next.record.algorithm => KeyChange::ReplaceNext {
                    next: kid.clone(),
                    new_next: self.maker.make_for(wanted).await?,
                    at: self.clock.now(),
                },
                _ if self.clock.now() < may_sign_from => {
                    return Ok(Rotation::NotBefore {
                        next: kid,
                        at: may_sign_from,
                    });
                }
                _ => KeyChange::Promote {
                    active: active.clone(),
                    next: kid.clone(),
                    new_next: self
                        .maker
                        .make_for(algorithm.unwrap_or(self.maker.algorithm))
                        .await?,
                    at: self.clock.now(),
                    still_signing: self.timings.signs_after_retirement(),
                },
            };
            let promotes = matches!(change, KeyChange::Promote { .. });
            let changed = self.keys.change(&change, &*self.clock).await?;
            if promotes && changed == KeyChanged::Done {
                return Ok(Rotation::Done {
                    retired: active,
                    active: kid,
                });
            }
        }
        Err(KeysError::Unsettled)
    }
}
