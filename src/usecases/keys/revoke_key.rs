use std::sync::Arc;

use thiserror::Error;

use super::{KeyMaker, KeysError};
use crate::{
    domain::{KeyChange, KeyId, KeyState, KeyTimings, Revocation, StoredKey, Timestamp},
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
    /// The change was confirmed for another state.
    #[error("signing key {kid} is {} by now", .now.as_str())]
    Changed { kid: KeyId, now: KeyState },
    #[error(transparent)]
    Keys(#[from] KeysError),
}

const ATTEMPTS: usize = 10;

impl RevokeKey {
    /// `confirmed`: the state in which the caller knows the key to be, and for
    /// which the consequences are wanted.
    pub async fn run(&self, kid: &KeyId, confirmed: KeyState) -> Result<Revoked, RevokeError> {
        for _ in 0..ATTEMPTS {
            let set = self.keys.load().await.map_err(KeysError::from)?;
            let key = set
                .get(kid)
                .ok_or_else(|| RevokeError::Unknown(kid.clone()))?;
            let was = key.life.state;
            if was == KeyState::Expired {
                return Err(RevokeError::Expired(kid.clone()));
            }
            if was != confirmed {
                let kid = kid.clone();
                return Err(RevokeError::Changed { kid, now: was });
            }
            let successor = match was {
                KeyState::Active => {
                    let next = set.in_state(KeyState::Next);
                    Some(next.ok_or(KeysError::Missing("next"))?)
                }
                _ => None,
            };
            let change = KeyChange::Revoke {
                kid: kid.clone(),
                revocation: self.revocation(was, successor).await?,
                at: self.clock.now(),
            };
            if self.keys.change(&change).await.map_err(KeysError::from)? == KeyChanged::Outdated {
                continue;
            }
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

    /// A key is made only where one is to come in place of the revoked one.
    async fn revocation(
        &self,
        was: KeyState,
        successor: Option<&StoredKey>,
    ) -> Result<Revocation, KeysError> {
        Ok(match (was, successor) {
            (_, Some(next)) => Revocation::Active {
                next: next.record.kid.clone(),
                replacement: self.maker.make().await?,
            },
            (KeyState::Next, None) => Revocation::Next {
                replacement: self.maker.make().await?,
            },
            (_, None) => Revocation::Retired,
        })
    }
}
