use std::{fmt, time::Duration};

use super::{Envelope, KeyTimings, Timestamp};

/// Names a key that authenticates refresh tokens. Later keys have greater ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RefreshKeyId(u32);

impl RefreshKeyId {
    pub const FIRST: Self = Self(1);

    pub fn new(number: u32) -> Self {
        Self(number)
    }

    pub fn number(self) -> u32 {
        self.0
    }

    /// `None` after 4,294,967,295 keys.
    pub fn following(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for RefreshKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What never changes about a refresh key. The envelope binds all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshKeyRecord {
    pub id: RefreshKeyId,
    pub created_at: Timestamp,
}

/// A secret that authenticates refresh tokens, as it is stored. Of all keys
/// the latest one whose `signs_from` has come makes new tokens; every stored
/// one is good for checking them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRefreshKey {
    pub record: RefreshKeyRecord,
    /// By then every server has read it.
    pub signs_from: Timestamp,
    pub sealed: Envelope,
}

/// How long after a key made its last token that token can be of use: no
/// session lives longer without being refreshed.
pub const LONGEST_IDLE: Duration = Duration::from_hours(24 * 365);

impl StoredRefreshKey {
    /// When the next refresh key is to be made.
    pub fn rotation_due_at(&self, timings: KeyTimings) -> Timestamp {
        self.signs_from + timings.rotation_interval
    }

    /// From when on the keys before this one check nothing that is alive.
    pub fn outdates_others_from(&self, still_signing: Duration) -> Timestamp {
        self.signs_from + still_signing + LONGEST_IDLE
    }
}
