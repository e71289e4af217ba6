use std::time::Duration;

use super::{Envelope, KeyId, KeyState, KeyTimings, StoredKey, Timestamp};

/// All signing keys, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet(Vec<StoredKey>);

/// One atomic change of the key set. Each names the state that it was planned
/// for, so that of several servers with one plan only one carries it out.
#[derive(Clone, Debug)]
pub enum KeyChange {
    /// The first two keys.
    Begin { active: StoredKey, next: StoredKey },
    /// `next` takes over from `active`, which retires.
    Promote {
        active: KeyId,
        next: KeyId,
        new_next: StoredKey,
        at: Timestamp,
        /// How long some server may go on signing with the retired key.
        still_signing: Duration,
    },
    /// Another key is to sign next; the former one never signed.
    ReplaceNext {
        next: KeyId,
        new_next: StoredKey,
        at: Timestamp,
    },
    /// A key from elsewhere that only verifies.
    AddRetired(StoredKey),
    /// The private part is deleted and the key unpublished.
    Expire { kid: KeyId, at: Timestamp },
    /// The same at once and in any state; a key that signs or is to sign next
    /// is replaced.
    Revoke {
        kid: KeyId,
        replacement: StoredKey,
        at: Timestamp,
    },
    /// Some server is going to sign tokens of this lifetime with the active key.
    RaiseLifetime { kid: KeyId, lifetime: Duration },
    /// The envelopes of these keys are wrapped under another master key: for
    /// each the former and the new one.
    Rewrap(Vec<(KeyId, Envelope, Envelope)>),
}

impl KeyChange {
    /// Whether it is too late to begin its commit at `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let dated = self.dated();
        dated.is_some_and(|at| at + KeyTimings::COMMIT_BEGINS_WITHIN < now)
    }

    /// The earliest of its dates that a key's publication is reckoned from.
    pub fn dated(&self) -> Option<Timestamp> {
        match self {
            Self::Begin { next: new, .. }
            | Self::ReplaceNext { new_next: new, .. }
            | Self::AddRetired(new)
            | Self::Revoke {
                replacement: new, ..
            } => Some(new.life.published_at),
            Self::Promote { new_next, at, .. } => Some(new_next.life.published_at.min(*at)),
            Self::Expire { .. } | Self::RaiseLifetime { .. } | Self::Rewrap(_) => None,
        }
    }
}

impl KeySet {
    pub fn new(mut keys: Vec<StoredKey>) -> Self {
        keys.sort_by(|a, b| {
            let order = |key: &StoredKey| (key.record.created_at, key.record.kid.clone());
            order(a).cmp(&order(b))
        });
        Self(keys)
    }

    pub fn keys(&self) -> &[StoredKey] {
        &self.0
    }

    pub fn get(&self, kid: &KeyId) -> Option<&StoredKey> {
        self.0.iter().find(|key| key.record.kid == *kid)
    }

    /// The key in this state, of those states that only one key has.
    pub fn in_state(&self, state: KeyState) -> Option<&StoredKey> {
        self.0.iter().find(|key| key.life.state == state)
    }

    /// The set after the change; `None` when the change was planned for
    /// another state than this one.
    pub fn after(&self, change: &KeyChange) -> Option<Self> {
        let mut set = self.clone();
        match change {
            KeyChange::Begin { active, next } => {
                set.0.is_empty().then_some(())?;
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
            KeyChange::ReplaceNext { next, new_next, at } => {
                set.planned(next, KeyState::Next)?.expire(*at);
                set.add(new_next)?;
            }
            KeyChange::AddRetired(key) => set.add(key)?,
            KeyChange::Expire { kid, at } => set.planned(kid, KeyState::Retired)?.expire(*at),
            KeyChange::Revoke {
                kid,
                replacement,
                at,
            } => set.revoke(kid, replacement, *at)?,
            KeyChange::RaiseLifetime { kid, lifetime } => {
                let key = set.planned(kid, KeyState::Active)?;
                key.life.longest_lifetime = key.life.longest_lifetime.max(*lifetime);
            }
            KeyChange::Rewrap(envelopes) => {
                for (kid, from, to) in envelopes {
                    let sealed = &mut set.get_mut(kid)?.sealed;
                    (sealed.as_ref() == Some(from)).then_some(())?;
                    *sealed = Some(to.clone());
                }
            }
        }
        Some(Self::new(set.0))
    }

    fn revoke(&mut self, kid: &KeyId, replacement: &StoredKey, at: Timestamp) -> Option<()> {
        let key = self.get_mut(kid)?;
        let state = key.life.state;
        (state != KeyState::Expired).then_some(())?;
        key.expire(at);
        if state == KeyState::Active {
            let next = self.in_state(KeyState::Next)?.record.kid.clone();
            let promoted = self.get_mut(&next)?;
            promoted.life = promoted.life.activated(at);
        }
        if state != KeyState::Retired {
            self.add(replacement)?;
        }
        Some(())
    }

    fn add(&mut self, key: &StoredKey) -> Option<()> {
        self.get(&key.record.kid).is_none().then_some(())?;
        self.0.push(key.clone());
        Some(())
    }

    fn get_mut(&mut self, kid: &KeyId) -> Option<&mut StoredKey> {
        self.0.iter_mut().find(|key| key.record.kid == *kid)
    }

    /// The key, if it is in the state that a change was planned for.
    fn planned(&mut self, kid: &KeyId, state: KeyState) -> Option<&mut StoredKey> {
        self.get_mut(kid).filter(|key| key.life.state == state)
    }
}

impl StoredKey {
    fn expire(&mut self, at: Timestamp) {
        self.life = self.life.expired(at);
        self.sealed = None;
    }
}
