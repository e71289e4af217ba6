use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::{Actor, Field, Position, SecretDigest, Snapshot, Timestamp, UserId};

/// An invite's id, which is no secret: a UUIDv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InviteId(Uuid);

impl InviteId {
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for InviteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for InviteId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Lets one account be opened where registration is not for everyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    pub id: InviteId,
    /// The SHA-256 of its code.
    pub code: SecretDigest,
    pub created_at: Timestamp,
    pub created_by: Actor,
    pub expires_at: Timestamp,
    pub used: Option<UsedInvite>,
}

/// When an invite was used, and for which account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedInvite {
    pub at: Timestamp,
    pub by: UserId,
}

impl Invite {
    pub fn is_usable(&self, at: Timestamp) -> bool {
        self.used.is_none() && at < self.expires_at
    }

    /// Where it stands in lists.
    pub fn position(&self) -> Position<InviteId> {
        Position {
            at: self.created_at,
            id: self.id,
        }
    }

    /// What the audit log keeps of it.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new([
            ("expires", Field::text(&self.expires_at.to_rfc3339())),
            ("used_by", Field::optional(self.used.map(|used| used.by))),
        ])
    }
}
