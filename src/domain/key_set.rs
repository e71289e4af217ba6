use std::time::Duration;

use super::{
    Envelope, KeyChange, KeyId, KeyState, KeyTimings, RefreshKeyId, Revocation, Rewrapping,
    SealedKeyId, StoredKey, StoredRefreshKey, Timestamp,
};

/// All keys: those that sign, and those that authenticate refresh tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    signing: Vec<StoredKey>,
    refresh: Vec<StoredRefreshKey>,
}

impl KeySet {
    pub fn new(mut signing: Vec<StoredKey>, mut refresh: Vec<StoredRefreshKey>) -> Self {
        signing.sort_by(|a, b| {
            let order = |key: &StoredKey| (key.record.created_at, key.record.kid.clone());
            order(a).cmp(&order(b))
        });
        refresh.sort_by_key(|key| key.record.id);
        Self { signing, refresh }
    }

    /// The signing keys, oldest first.
    pub fn keys(&self) -> &[StoredKey] {
        &self.signing
    }

    /// The refresh keys, oldest first.
    pub fn refresh_keys(&self) -> &[StoredRefreshKey] {
        &self.refresh
    }

    pub fn get(&self, kid: &KeyId) -> Option<&StoredKey> {
        self.signing.iter().find(|key| key.record.kid == *kid)
    }

    /// Every secret in the set.
    pub fn sealed(&self) -> impl Iterator<Item = (SealedKeyId, &Envelope)> {
        let signing = self.signing.iter().filter_map(|key| {
            let id = SealedKeyId::Signing(key.record.kid.clone());
            Some((id, key.sealed.as_ref()?))
        });
        let refresh = self.refresh.iter();
        signing.chain(refresh.map(|key| (SealedKeyId::Refresh(key.record.id), &key.sealed)))
    }

    /// From when on this next key may sign: every verifier knows it by then.
    ///
    /// Servers that publish it say in its row how long they want that to be,
    /// and those that have not read it yet said so in the row of the key before
    /// it, which is active by now.
    pub fn may_sign_from(&self, next: &StoredKey, timings: KeyTimings) -> Timestamp {
        let before = self.in_state(KeyState::Active);
        let before = before.map_or(Duration::ZERO, |key| key.life.publish_ahead);
        let ahead = timings.publish_ahead().max(next.life.publish_ahead);
        next.life.published_at + ahead.max(before)
    }

    /// When this key may go over to the next state of its life: sign, retire or
    /// expire.
    pub fn leaves_state_from(&self, key: &StoredKey, timings: KeyTimings) -> Option<Timestamp> {
        match key.life.state {
            KeyState::Next => Some(self.may_sign_from(key, timings)),
            KeyState::Active => Some(key.life.rotation_due_at(timings)),
            KeyState::Retired => key.life.may_expire_from(timings),
            KeyState::Expired => None,
        }
    }

    /// The latest date that a server's clock gave to a key whose rotation waits
    /// for it.
    pub fn newest_date(&self) -> Option<(SealedKeyId, Timestamp)> {
        let rotating = [KeyState::Active, KeyState::Next].map(|state| self.in_state(state));
        let signing = rotating.into_iter().flatten().map(|key| {
            let date = key.life.activated_at.unwrap_or(key.life.published_at);
            (SealedKeyId::Signing(key.record.kid.clone()), date)
        });
        let refresh = self.refresh.last().map(|key| {
            let id = SealedKeyId::Refresh(key.record.id);
            (id, key.record.created_at)
        });
        signing.chain(refresh).max_by_key(|(_, date)| *date)
    }

    /// How long after a key has its successor some server may still use it: the
    /// longest that any of them wants.
    pub fn still_signing(&self, timings: KeyTimings) -> Duration {
        // Whoever said so in the row of a key that just retired may not have come
        // to say it in the next one's.
        let wanted = self.signing.iter().filter(|key| key.sealed.is_some());
        let longest = wanted.map(|key| key.life.still_signing).max();
        timings
            .signs_after_retirement()
            .max(longest.unwrap_or_default())
    }

    /// The key in this state, of those states that only one key has.
    pub fn in_state(&self, state: KeyState) -> Option<&StoredKey> {
        self.signing.iter().find(|key| key.life.state == state)
    }

    /// The set after the change; `None` when the change was planned for
    /// another state than this one.
    pub fn after(&self, change: &KeyChange) -> Option<Self> {
        let mut set = self.clone();
        match change {
            KeyChange::Begin { active, next } => {
                set.signing.is_empty().then_some(())?;
                set.add(active)?;
                set.add(next)?;
            }
            KeyChange::Promote {
                active,
                next,
                new_next,
                at,
                still_signing,
            } => {
                let retiring = set.planned(active, KeyState::Active)?;
                retiring.life = retiring.life.retired(*at, *still_signing);
                let promoted = set.planned(next, KeyState::Next)?;
                promoted.life = promoted.life.activated(*at);
                set.add(new_next)?;
            }
            KeyChange::ReplaceNext {
                next,
                new_next,
                among,
                at,
            } => {
                set.planned_among(*among)?;
                set.planned(next, KeyState::Next)?.leave(*at);
                set.replace_next(next, new_next)?;
            }
            KeyChange::AddRetired { key, among } => {
                set.planned_among(*among)?;
                set.add(key)?;
            }
            KeyChange::Expire { kid, at } => set.planned(kid, KeyState::Retired)?.expire(*at),
            KeyChange::Revoke {
                kid,
                revocation,
                at,
            } => set.revoke(kid, revocation, *at)?,
            KeyChange::RaiseActive {
                kid,
                lifetime,
                still_signing,
            } => {
                let life = &mut set.planned(kid, KeyState::Active)?.life;
                life.longest_lifetime = life.longest_lifetime.max(*lifetime);
                life.still_signing = life.still_signing.max(*still_signing);
            }
            KeyChange::RaiseNext { kid, publish_ahead } => {
                let life = &mut set.planned(kid, KeyState::Next)?.life;
                life.publish_ahead = life.publish_ahead.max(*publish_ahead);
            }
            KeyChange::AddRefreshKey { latest, key } => set.add_refresh_key(*latest, key)?,
            KeyChange::ReplaceRefreshKeys { latest, key } => {
                set.add_refresh_key(*latest, key)?;
                set.refresh.drain(..set.refresh.len() - 1);
            }
            KeyChange::ExpireRefreshKeys { before } => {
                set.refresh.iter().find(|key| key.record.id == *before)?;
                set.refresh.retain(|key| key.record.id >= *before);
            }
            KeyChange::Rewrap(rewrappings) => {
                for rewrapping in rewrappings {
                    set.rewrap(rewrapping)?;
                }
            }
        }
        Some(Self::new(set.signing, set.refresh))
    }

    fn add_refresh_key(
        &mut self,
        latest: Option<RefreshKeyId>,
        key: &StoredRefreshKey,
    ) -> Option<()> {
        let newest = self.refresh.last().map(|key| key.record.id);
        (newest == latest && Some(key.record.id) > newest).then_some(())?;
        self.refresh.push(key.clone());
        Some(())
    }

    fn rewrap(&mut self, rewrapping: &Rewrapping) -> Option<()> {
        let sealed = match &rewrapping.key {
            SealedKeyId::Signing(kid) => self.get_mut(kid)?.sealed.as_mut()?,
            SealedKeyId::Refresh(id) => {
                let mut keys = self.refresh.iter_mut();
                &mut keys.find(|key| key.record.id == *id)?.sealed
            }
        };
        (*sealed == rewrapping.from).then_some(())?;
        *sealed = rewrapping.to.clone();
        Some(())
    }

    fn revoke(&mut self, kid: &KeyId, revocation: &Revocation, at: Timestamp) -> Option<()> {
        let revoked = self.planned(kid, revocation.was())?;
        let ahead = revoked.life.publish_ahead;
        revoked.expire(at);
        match revocation {
            Revocation::Retired => Some(()),
            Revocation::Next { replacement } => self.replace_next(kid, replacement),
            Revocation::Active { next, replacement } => {
                let promoted = self.planned(next, KeyState::Next)?;
                promoted.life = promoted.life.activated(at);
                // Caches from before the rotation that did not take place.
                promoted.life.publish_ahead = promoted.life.publish_ahead.max(ahead);
                self.replace_next(next, replacement)
            }
        }
    }

    /// Whoever published the former next key and has not read the new one yet
    /// wants that published for as long.
    fn replace_next(&mut self, former: &KeyId, new_next: &StoredKey) -> Option<()> {
        let ahead = self.get(former)?.life.publish_ahead;
        let mut new_next = new_next.clone();
        new_next.life.publish_ahead = new_next.life.publish_ahead.max(ahead);
        self.add(&new_next)
    }

    fn add(&mut self, key: &StoredKey) -> Option<()> {
        self.get(&key.record.kid).is_none().then_some(())?;
        self.signing.push(key.clone());
        Some(())
    }

    fn get_mut(&mut self, kid: &KeyId) -> Option<&mut StoredKey> {
        self.signing.iter_mut().find(|key| key.record.kid == *kid)
    }

    /// Whether the signing keys are those that a change was planned among.
    fn planned_among(&self, keys: usize) -> Option<()> {
        (self.signing.len() == keys).then_some(())
    }

    /// The key, if it is in the state that a change was planned for.
    fn planned(&mut self, kid: &KeyId, state: KeyState) -> Option<&mut StoredKey> {
        self.get_mut(kid).filter(|key| key.life.state == state)
    }
}
