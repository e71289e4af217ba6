use std::sync::Arc;

use super::{KeyMaker, KeyRing, KeysError, LoadedKeys, open_all};
use crate::{
    crypto::MasterKeys,
    domain::{KeyChange, KeySet, KeyState, KeyStep, KeyTimings, RefreshKeyId, due_step},
    ports::{Clock, KeyChanged, KeyStore},
};

/// How many changes one run may find due or meet. More mean that something is
/// wrong with the store or the clock.
const MOST_CHANGES: usize = 100;

/// Does what is due in the keys' lives, and reads the key set into the
/// [`KeyRing`]. Every server runs it again and again.
pub struct MaintainKeys {
    pub keys: Arc<dyn KeyStore>,
    pub maker: Arc<KeyMaker>,
    pub clock: Arc<dyn Clock>,
    pub master_keys: Arc<MasterKeys>,
    pub timings: KeyTimings,
    pub ring: Arc<KeyRing>,
}

impl MaintainKeys {
    /// On an error the ring keeps what it has, and remembers the reason.
    pub async fn run(&self) -> Result<Arc<LoadedKeys>, KeysError> {
        let refreshed = self.refresh().await;
        if let Err(error) = &refreshed {
            self.ring.note_trouble(error.to_string());
        }
        refreshed
    }

    async fn refresh(&self) -> Result<Arc<LoadedKeys>, KeysError> {
        for _ in 0..MOST_CHANGES {
            let read_at = self.clock.monotonic();
            let set = self.keys.load().await?;
            let Some(change) = self.due_change(&set).await? else {
                let loaded = self.ring.published();
                let keys = open_all(&set, &self.master_keys, loaded.as_deref(), read_at)?;
                return Ok(self.ring.install(keys));
            };
            // Outdated means that another server did it: the next reading shows.
            if self.keys.change(&change, &*self.clock).await? == KeyChanged::Done {
                log(&change);
            }
        }
        Err(KeysError::Unsettled)
    }

    async fn due_change(&self, set: &KeySet) -> Result<Option<KeyChange>, KeysError> {
        let step = due_step(set, self.timings, self.clock.now());
        Ok(match step {
            Some(KeyStep::Begin) => Some(self.begin().await?),
            Some(KeyStep::Promote { active, next }) => {
                let new_next = self.maker.make().await?;
                Some(KeyChange::Promote {
                    active,
                    next,
                    new_next,
                    at: self.clock.now(),
                    still_signing: self.timings.signs_after_retirement(),
                })
            }
            Some(KeyStep::Expire(kid)) => Some(KeyChange::Expire {
                kid,
                at: self.clock.now(),
            }),
            Some(KeyStep::BeginRefreshKeys) => Some(KeyChange::AddRefreshKey {
                latest: None,
                key: self.maker.make_refresh_key(RefreshKeyId::FIRST)?,
            }),
            Some(KeyStep::AddRefreshKey { latest }) => Some(self.add_refresh_key(latest)?),
            Some(KeyStep::ExpireRefreshKeys { before }) => {
                Some(KeyChange::ExpireRefreshKeys { before })
            }
            None => self.raise_lifetime(set),
        })
    }

    /// It signs when every server that may sign at all has read it.
    fn add_refresh_key(&self, latest: RefreshKeyId) -> Result<KeyChange, KeysError> {
        let id = latest.following().ok_or(KeysError::RefreshKeysExhausted)?;
        let mut key = self.maker.make_refresh_key(id)?;
        key.signs_from += self.timings.signs_after_retirement();
        let latest = Some(latest);
        Ok(KeyChange::AddRefreshKey { latest, key })
    }

    /// The very first start: the only time that a key signs without having
    /// been published before.
    async fn begin(&self) -> Result<KeyChange, KeysError> {
        let mut active = self.maker.make().await?;
        active.life = active.life.activated(active.life.published_at);
        active.life.longest_lifetime = self.timings.token_lifetime;
        let next = self.maker.make().await?;
        Ok(KeyChange::Begin { active, next })
    }

    /// Before a token of a longer lifetime is signed than the active key ever
    /// signed: it must stay published for as long as that one can live.
    fn raise_lifetime(&self, set: &KeySet) -> Option<KeyChange> {
        let active = set.in_state(KeyState::Active)?;
        let lifetime = self.timings.token_lifetime;
        (active.life.longest_lifetime < lifetime).then(|| KeyChange::RaiseLifetime {
            kid: active.record.kid.clone(),
            lifetime,
        })
    }
}

fn log(change: &KeyChange) {
    match change {
        KeyChange::Begin { active, next } => tracing::warn!(
            active = %active.record.kid,
            next = %next.record.kid,
            "the first signing keys were made: the active one signs without having been \
             published before"
        ),
        KeyChange::Promote {
            active,
            next,
            new_next,
            ..
        } => tracing::info!(
            retired = %active,
            active = %next,
            next = %new_next.record.kid,
            "signing keys rotated"
        ),
        KeyChange::AddRefreshKey { key, .. } => {
            tracing::info!(id = %key.record.id, signs_from = %key.signs_from, "refresh key made");
        }
        KeyChange::ExpireRefreshKeys { before } => {
            tracing::info!(%before, "outdated refresh keys deleted");
        }
        KeyChange::Expire { kid, .. } => tracing::info!(%kid, "retired signing key expired"),
        _ => {}
    }
}
