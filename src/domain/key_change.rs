use std::{fmt, time::Duration};

use super::{
    Envelope, KeyId, KeyState, KeyTimings, RefreshKeyId, StoredKey, StoredRefreshKey, Timestamp,
};

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
    /// Another key is to sign next; the former one never signed here.
    ReplaceNext {
        next: KeyId,
        new_next: StoredKey,
        /// As in [`KeyChange::AddRetired`].
        among: usize,
        at: Timestamp,
    },
    /// A key from elsewhere that only verifies.
    AddRetired {
        key: StoredKey,
        /// How many signing keys there were, of which it was none under another
        /// id. Keys are added and never deleted: as many are the same ones.
        among: usize,
    },
    /// The private part is deleted and the key unpublished.
    Expire { kid: KeyId, at: Timestamp },
    /// The same at once, because the private part may be known.
    Revoke {
        kid: KeyId,
        revocation: Revocation,
        at: Timestamp,
    },
    /// Some server is going to sign tokens of this lifetime with the active key,
    /// and may do so for this long after its retirement.
    RaiseActive {
        kid: KeyId,
        lifetime: Duration,
        still_signing: Duration,
    },
    /// Some server is going to publish the next key, and wants it published for
    /// this long before it signs.
    RaiseNext { kid: KeyId, publish_ahead: Duration },
    /// A refresh key that comes after what is the latest one.
    AddRefreshKey {
        latest: Option<RefreshKeyId>,
        key: StoredRefreshKey,
    },
    /// The same, and the former ones are deleted.
    ReplaceRefreshKeys {
        latest: Option<RefreshKeyId>,
        key: StoredRefreshKey,
    },
    /// The refresh keys before this one are deleted.
    ExpireRefreshKeys { before: RefreshKeyId },
    /// Envelopes are wrapped under another master key.
    Rewrap(Vec<Rewrapping>),
}

/// What a key is when it is revoked, and what comes in its place.
#[derive(Clone, Debug)]
pub enum Revocation {
    Retired,
    Next {
        replacement: StoredKey,
    },
    /// `next` signs at once, and the replacement after it.
    Active {
        next: KeyId,
        replacement: StoredKey,
    },
}

/// The envelope that a key has, and the one that it is to have.
#[derive(Clone, Debug)]
pub struct Rewrapping {
    pub key: SealedKeyId,
    pub from: Envelope,
    pub to: Envelope,
}

/// Names any key that is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedKeyId {
    Signing(KeyId),
    Refresh(RefreshKeyId),
}

impl KeyChange {
    /// Whether it is too late to begin its commit at `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let dated = self.dated();
        dated.is_some_and(|at| at + KeyTimings::COMMIT_BEGINS_WITHIN < now)
    }

    /// The earliest of its dates that a key's first signature is reckoned from.
    pub fn dated(&self) -> Option<Timestamp> {
        match self {
            Self::Begin { next: new, .. }
            | Self::ReplaceNext { new_next: new, .. }
            | Self::AddRetired { key: new, .. } => Some(new.life.published_at),
            Self::Revoke { revocation, .. } => Some(revocation.replacement()?.life.published_at),
            Self::Promote { new_next, at, .. } => Some(new_next.life.published_at.min(*at)),
            Self::AddRefreshKey { key, .. } | Self::ReplaceRefreshKeys { key, .. } => {
                Some(key.record.created_at)
            }
            Self::Expire { .. }
            | Self::RaiseActive { .. }
            | Self::RaiseNext { .. }
            | Self::ExpireRefreshKeys { .. }
            | Self::Rewrap(_) => None,
        }
    }
}

impl Revocation {
    /// The key that is published from now on.
    pub fn replacement(&self) -> Option<&StoredKey> {
        match self {
            Self::Retired => None,
            Self::Next { replacement } | Self::Active { replacement, .. } => Some(replacement),
        }
    }

    /// The state that the key must be in.
    pub fn was(&self) -> KeyState {
        match self {
            Self::Retired => KeyState::Retired,
            Self::Next { .. } => KeyState::Next,
            Self::Active { .. } => KeyState::Active,
        }
    }
}

impl fmt::Display for SealedKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signing(kid) => write!(f, "signing key {kid}"),
            Self::Refresh(id) => write!(f, "refresh key {id}"),
        }
    }
}
