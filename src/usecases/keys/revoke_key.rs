use std::sync::Arc;

use thiserror::Error;

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    domain::{KeyChange, KeyId, KeySet, KeyState, KeyTimings, Timestamp},
    ports::{Clock, KeyStore},
};

/// Unpublishes a key at once, because its private part may be known.
pub struct RevokeKey {
    pub keys: Arc<dyn KeyStore>,
    pub maker: Arc<KeyMaker>,
    pub clock: Arc<dyn Clock>,
    pub timings: KeyTimings,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// What the key was until now.
    pub was: KeyState,
    /// The key that took over from a revoked active one.
    pub signs_now: Option<KeyId>,
    /// Set when that key signs before every verifier can know it: from when on
    /// they all do.
    pub known_from: Option<Timestamp>,
}

#[derive(Debug, Error)]
pub enum RevokeError {
    #[error("there is no signing key {0}")]
    Unknown(KeyId),
    #[error("signing key {0} has expired already")]
    Expired(KeyId),
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl RevokeKey {
    pub async fn run(&self, kid: &KeyId) -> Result<Revoked, RevokeError> {
        let plan = |set| self.plan(set, kid);
        let revoked = change_set(&*self.keys, &*self.clock, plan).await?;
        tracing::warn!(
            %kid,
            was = revoked.was.as_str(),
            signs_early = revoked.known_from.is_some(),
            "signing key revoked"
        );
        Ok(revoked)
    }

    async fn plan(&self, set: KeySet, kid: &KeyId) -> Result<Plan<Revoked>, RevokeError> {
        let key = set.get(kid);
        let key = key.ok_or_else(|| RevokeError::Unknown(kid.clone()))?;
        let was = key.life.state;
        if was == KeyState::Expired {
            return Err(RevokeError::Expired(kid.clone()));
        }
        let replacement = self.maker.make().await?;
        let now = self.clock.now();
        let next = set.in_state(KeyState::Next);
        let successor = next.filter(|_| was == KeyState::Active);
        let known_from = successor.map(|next| next.life.may_sign_from(self.timings));
        Ok(Plan {
            outcome: Revoked {
                was,
                signs_now: successor.map(|next| next.record.kid.clone()),
                known_from: known_from.filter(|from| *from > now),
            },
            change: Some(KeyChange::Revoke {
                kid: kid.clone(),
                replacement,
                at: now,
            }),
        })
    }
}
