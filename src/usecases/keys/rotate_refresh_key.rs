use std::{future::ready, sync::Arc};

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    domain::{AuditAction, AuditTarget, KeyChange, KeySet, KeyTimings, RefreshKeyId, Timestamp},
    ports::KeyStore,
    usecases::Initiator,
};

/// Makes another refresh key, ahead of its time.
pub struct RotateRefreshKey {
    pub keys: Arc<dyn KeyStore>,
    pub maker: Arc<KeyMaker>,
    pub timings: KeyTimings,
}

/// What becomes of the refresh keys that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormerKeys {
    /// Their tokens go on to be good, and the new key waits until every server
    /// has read it.
    Keep,
    /// They may be known to others: their tokens are refused from now on, and
    /// the new key makes tokens at once.
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRefreshKey {
    pub id: RefreshKeyId,
    pub signs_from: Timestamp,
    pub deleted: usize,
}

impl RotateRefreshKey {
    pub async fn run(
        &self,
        by: &Initiator,
        former: FormerKeys,
    ) -> Result<NewRefreshKey, KeysError> {
        let plan = |set| ready(self.plan(&set, former));
        let act = match former {
            FormerKeys::Keep => (by, AuditAction::RotateRefreshKey),
            FormerKeys::Delete => (by, AuditAction::RevokeRefreshKeys),
        };
        let clock = &*self.maker.clock;
        let made: NewRefreshKey = change_set(&*self.keys, clock, act, plan).await?;
        tracing::warn!(id = %made.id, deleted = made.deleted, "refresh key made by command");
        Ok(made)
    }

    fn plan(&self, set: &KeySet, former: FormerKeys) -> Result<Plan<NewRefreshKey>, KeysError> {
        let latest = set.refresh_keys().last().map(|key| key.record.id);
        let id = match latest {
            None => RefreshKeyId::FIRST,
            Some(latest) => latest.following().ok_or(KeysError::RefreshKeysExhausted)?,
        };
        let mut key = self.maker.make_refresh_key(id)?;
        let deleted = match former {
            FormerKeys::Keep => {
                key.signs_from += set.still_signing(self.timings);
                0
            }
            FormerKeys::Delete => set.refresh_keys().len(),
        };
        Ok(Plan {
            outcome: NewRefreshKey {
                id,
                signs_from: key.signs_from,
                deleted,
            },
            change: Some((
                match former {
                    FormerKeys::Keep => KeyChange::AddRefreshKey { latest, key },
                    FormerKeys::Delete => KeyChange::ReplaceRefreshKeys { latest, key },
                },
                AuditTarget::RefreshKey(id),
            )),
        })
    }
}
