use std::sync::Arc;

use thiserror::Error;

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    domain::{
        AuditAction, AuditTarget, KeyChange, KeyId, KeySet, KeyState, KeyTimings, LostTokens,
        Revocation, StoredKey, Timestamp,
    },
    ports::{Clock, KeyStore},
    usecases::Initiator,
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
    pub lost: LostTokens,
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

impl RevokeKey {
    /// `confirmed`: the state in which the caller knows the key to be, and for
    /// which the consequences are wanted; none where those of any state are.
    pub async fn run(
        &self,
        by: &Initiator,
        kid: &KeyId,
        confirmed: Option<KeyState>,
    ) -> Result<Revoked, RevokeError> {
        let plan = |set| self.plan(set, kid, confirmed);
        let act = (by, AuditAction::RevokeKey);
        let revoked = change_set(&*self.keys, &*self.clock, act, plan).await?;
        tracing::warn!(
            %kid,
            was = revoked.was.as_str(),
            signs_early = revoked.known_from.is_some(),
            "signing key revoked"
        );
        Ok(revoked)
    }

    async fn plan(
        &self,
        set: KeySet,
        kid: &KeyId,
        confirmed: Option<KeyState>,
    ) -> Result<Plan<Revoked>, RevokeError> {
        let key = set.get(kid);
        let key = key.ok_or_else(|| RevokeError::Unknown(kid.clone()))?;
        let was = key.life.state;
        if was == KeyState::Expired {
            return Err(RevokeError::Expired(kid.clone()));
        }
        if confirmed.is_some_and(|confirmed| was != confirmed) {
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
        let revocation = self.revocation(was, successor).await?;
        let now = self.clock.now();
        let known_from = successor.map(|next| set.may_sign_from(next, self.timings));
        Ok(Plan {
            outcome: Revoked {
                was,
                lost: key.life.lost_tokens(now, self.timings),
                signs_now: successor.map(|next| next.record.kid.clone()),
                known_from: known_from.filter(|from| *from > now),
            },
            change: Some((
                KeyChange::Revoke {
                    kid: kid.clone(),
                    revocation,
                    at: now,
                },
                AuditTarget::Key(kid.clone()),
            )),
        })
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
