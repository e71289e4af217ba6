use std::sync::Arc;

use thiserror::Error;

use super::{KeyMaker, KeysError};
use crate::{
    domain::{KeyChange, KeyId, KeyState, KeyTimings, Timestamp},
    ports::{Clock, KeyChanged, KeyStore},
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

const ATTEMPTS: usize = 10;

impl RevokeKey {
    pub async fn run(&self, kid: &KeyId) -> Result<Revoked, RevokeError> {
        for _ in 0..ATTEMPTS {
            let set = self.keys.load().await.map_err(KeysError::from)?;
            let key = set
                .get(kid)
                .ok_or_else(|| RevokeError::Unknown(kid.clone()))?;
            let was = key.life.state;
            if was == KeyState::Expired {
                return Err(RevokeError::Expired(kid.clone()));
            }
            let change = KeyChange::Revoke {
                kid: kid.clone(),
                replacement: self.maker.make().await?,
                at: self.clock.now(),
            };
            if self
                .keys
                .change(&change, &*self.clock)
                .await
                .map_err(KeysError::from)?
                == KeyChanged::Outdated
            {
                continue;
            }
            let successor = set
                .in_state(KeyState::Next)
                .filter(|_| was == KeyState::Active);
            let known_from = successor.map(|next| next.life.may_sign_from(self.timings));
            let revoked = Revoked {
                was,
                signs_now: successor.map(|next| next.record.kid.clone()),
                known_from: known_from.filter(|from| *from > self.clock.now()),
            };
            tracing::warn!(
                %kid,
                was = was.as_str(),
                signs_early = revoked.known_from.is_some(),
                "signing key revoked"
            );
            return Ok(revoked);
        }
        Err(KeysError::Unsettled.into())
    }
}
