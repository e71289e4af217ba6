use std::sync::Arc;

use super::{KeyMaker, KeysError};
use crate::{
    domain::{KeyChange, KeyTimings, RefreshKeyId, Timestamp},
    ports::{KeyChanged, KeyStore},
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

const ATTEMPTS: usize = 10;

impl RotateRefreshKey {
    pub async fn run(&self, former: FormerKeys) -> Result<NewRefreshKey, KeysError> {
        for _ in 0..ATTEMPTS {
            let set = self.keys.load().await?;
            let latest = set.refresh_keys().last().map(|key| key.record.id);
            let id = match latest {
                None => RefreshKeyId::FIRST,
                Some(latest) => latest.following().ok_or(KeysError::RefreshKeysExhausted)?,
            };
            let mut key = self.maker.make_refresh_key(id)?;
            let (deleted, change) = match former {
                FormerKeys::Keep => {
                    key.signs_from += self.timings.signs_after_retirement();
                    (
                        0,
                        KeyChange::AddRefreshKey {
                            latest,
                            key: key.clone(),
                        },
                    )
                }
                FormerKeys::Delete => {
                    let change = KeyChange::ReplaceRefreshKeys {
                        latest,
                        key: key.clone(),
                    };
                    (set.refresh_keys().len(), change)
                }
            };
            if self.keys.change(&change).await? == KeyChanged::Done {
                tracing::warn!(%id, deleted, "refresh key made by command");
                return Ok(NewRefreshKey {
                    id,
                    signs_from: key.signs_from,
                    deleted,
                });
            }
        }
        Err(KeysError::Unsettled)
    }
}
