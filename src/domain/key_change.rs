use std::{fmt, time::Duration};

use super::{Envelope, KeyId, KeyState, RefreshKeyId, StoredKey, StoredRefreshKey, Timestamp};

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
    /// The same at once, because the private part may be known.
    Revoke {
        kid: KeyId,
        revocation: Revocation,
        at: Timestamp,
    },
    /// Some server is going to sign tokens of this lifetime with the active key.
    RaiseLifetime { kid: KeyId, lifetime: Duration },
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

impl Revocation {
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
