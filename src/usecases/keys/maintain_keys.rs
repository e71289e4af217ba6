use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use super::{KeyMaker, KeyRing, KeysError, SigningKeys, log_change};
use crate::{
    crypto::MasterKeys,
    domain::{KeyChange, KeyId, KeySet, KeyState, KeyStep, KeyTimings, RefreshKeyId, due_steps},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
};

/// How many changes one run may find due or meet, expiries aside. More mean that
/// something is wrong with the store or the clock.
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
    /// On an error the ring keeps what is still published of what it has, and
    /// remembers the reason.
    pub async fn run(&self) -> Result<SigningKeys, KeysError> {
        let refreshed = unless_it_panics(self.refresh()).await;
        match &refreshed {
            Ok(_) => self.ring.forget_trouble(),
            Err(error) => self.ring.note_trouble(error.to_string()),
        }
        refreshed
    }

    /// Whether a key that this server makes can be opened wherever the others
    /// can: not while it lacks a master key in use.
    pub async fn may_make_keys(&self) -> Result<bool, StorageError> {
        Ok(!self.lacks_a_master_key(&self.keys.load().await?))
    }

    /// The same of a key that it revokes: only one that signs, or is to sign
    /// next, gets another in its place.
    pub async fn may_revoke(&self, kid: &KeyId) -> Result<bool, StorageError> {
        let set = self.keys.load().await?;
        let state = set.get(kid).map(|key| key.life.state);
        let replaced = matches!(state, Some(KeyState::Next | KeyState::Active));
        Ok(!replaced || !self.lacks_a_master_key(&set))
    }

    /// What was read is installed before anything else is tried: what others
    /// revoked is dropped although this server cannot do what is due.
    async fn refresh(&self) -> Result<SigningKeys, KeysError> {
        let mut changes = 0;
        let mut promoted = None;
        while changes < MOST_CHANGES {
            let reading = self.read().await?;
            let set = &reading.set;
            let change = if set.keys().is_empty() {
                self.begin().await?
            } else if let Some(raise) = self.raise(set) {
                if let Err(error) = self.keys.change(&raise, None, &*self.clock).await
                    && self.install_without_active(&reading)?
                {
                    return Err(error.into());
                }
                changes += 1;
                continue;
            } else {
                let Some(keys) = self.install(&reading, promoted.as_ref())? else {
                    changes += 1;
                    continue;
                };
                match self.due_change(set).await? {
                    Some(change) => change,
                    None => return Ok(keys),
                }
            };
            // Outdated means that another server did it: the next reading shows.
            let done = self.keys.change(&change, None, &*self.clock).await? == KeyChanged::Done;
            if done {
                log_change(&change);
                if let KeyChange::Promote { next, .. } = &change {
                    promoted = Some(next.clone());
                }
            }
            // After a long time any number of keys may be due to expire.
            if !(done && matches!(change, KeyChange::Expire { .. })) {
                changes += 1;
            }
        }
        Err(KeysError::Unsettled)
    }

    /// Nothing is due by dates ahead before the clock has come there.
    pub(super) fn clock_is_behind(&self, set: &KeySet) -> Option<String> {
        let (key, newest) = set.newest_date()?;
        let now = self.clock.now();
        (now + self.timings.clock_skew < newest).then(|| {
            format!(
                "{key} has the date {newest}, and this server's clock says {now}: it does not \
                 rotate before that"
            )
        })
    }

    async fn due_change(&self, set: &KeySet) -> Result<Option<KeyChange>, KeysError> {
        let lacks = self.lacks_a_master_key(set);
        let mut due = due_steps(set, self.timings, self.clock.now());
        let Some(step) = due.find(|step| !(lacks && step.makes_a_key())) else {
            return Ok(None);
        };
        Ok(Some(match step {
            KeyStep::Begin => self.begin().await?,
            KeyStep::Promote { active, next } => KeyChange::Promote {
                active,
                next,
                new_next: self.maker.make().await?,
                at: self.clock.now(),
                still_signing: self.timings.signs_after_retirement(),
            },
            KeyStep::Expire(kid) => KeyChange::Expire {
                kid,
                at: self.clock.now(),
            },
            KeyStep::BeginRefreshKeys => KeyChange::AddRefreshKey {
                latest: None,
                key: self.maker.make_refresh_key(RefreshKeyId::FIRST)?,
            },
            KeyStep::AddRefreshKey { latest } => self.add_refresh_key(set, latest)?,
            KeyStep::ExpireRefreshKeys { before } => KeyChange::ExpireRefreshKeys { before },
        }))
    }

    /// As long as it does, this server makes no key: it would seal it under a
    /// master key that the others may not have any more.
    fn lacks_a_master_key(&self, set: &KeySet) -> bool {
        set.sealed()
            .any(|(_, envelope)| self.master_keys.get(envelope.master_key_id).is_none())
    }

    pub(super) fn left_to_others(&self, set: &KeySet) -> Option<String> {
        let mut due = due_steps(set, self.timings, self.clock.now());
        let left = self.lacks_a_master_key(set) && due.any(|step| step.makes_a_key());
        left.then(|| {
            "a rotation is due, and left to servers that hold every master key in use".to_owned()
        })
    }

    /// It signs when every server that may sign at all has read it.
    fn add_refresh_key(&self, set: &KeySet, latest: RefreshKeyId) -> Result<KeyChange, KeysError> {
        let id = latest.following().ok_or(KeysError::RefreshKeysExhausted)?;
        let mut key = self.maker.make_refresh_key(id)?;
        key.signs_from += set.still_signing(self.timings);
        let latest = Some(latest);
        Ok(KeyChange::AddRefreshKey { latest, key })
    }

    /// The very first start: the only time that a key signs without having
    /// been published before.
    async fn begin(&self) -> Result<KeyChange, KeysError> {
        let mut active = self.maker.make().await?;
        active.life = active.life.activated(active.life.published_at);
        active.life.longest_lifetime = self.timings.token_lifetime;
        active.life.still_signing = self.timings.signs_after_retirement();
        active.life.publish_ahead = self.timings.publish_ahead();
        let mut next = self.maker.make().await?;
        next.life.publish_ahead = self.timings.publish_ahead();
        Ok(KeyChange::Begin { active, next })
    }

    /// What the rows must say before this server goes by its settings: a retired
    /// key stays published for as long as a token of this server can live, and
    /// the next key signs when the caches of this server's answers are renewed.
    fn raise(&self, set: &KeySet) -> Option<KeyChange> {
        let lifetime = self.timings.token_lifetime;
        let still_signing = self.timings.signs_after_retirement();
        let publish_ahead = self.timings.publish_ahead();
        let active = set.in_state(KeyState::Active)?;
        if active.life.longest_lifetime < lifetime || active.life.still_signing < still_signing {
            return Some(KeyChange::RaiseActive {
                kid: active.record.kid.clone(),
                lifetime,
                still_signing,
            });
        }
        let next = set.in_state(KeyState::Next)?;
        (next.life.publish_ahead < publish_ahead).then(|| KeyChange::RaiseNext {
            kid: next.record.kid.clone(),
            publish_ahead,
        })
    }
}

/// Servers run the upkeep for as long as they live: a panic must not end it
/// unnoticed.
async fn unless_it_panics<T>(
    upkeep: impl Future<Output = Result<T, KeysError>>,
) -> Result<T, KeysError> {
    let mut upkeep = pin!(upkeep);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| upkeep.as_mut().poll(context)));
        polled.unwrap_or(Poll::Ready(Err(KeysError::Panicked)))
    })
    .await
}
