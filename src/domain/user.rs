use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::{
    DisplayName, Email, Field, PasswordHash, Position, Role, Roles, Snapshot, Timestamp, Username,
};

/// The user's id, the `sub` of their tokens: a UUIDv4 that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(Uuid);

impl UserId {
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for UserId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    Active,
    /// May not log in; told apart from a wrong password only in the auth log.
    Disabled,
}

impl AccountStatus {
    pub const ALL: [Self; 2] = [Self::Active, Self::Disabled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for AccountStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut statuses = Self::ALL.into_iter();
        statuses.find(|status| status.as_str() == text).ok_or(())
    }
}

/// A user who is about to be registered.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub id: UserId,
    pub username: Username,
    pub email: Email,
    pub display_name: Option<DisplayName>,
    pub password_hash: PasswordHash,
    pub roles: Roles,
    pub date_registered: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub username: Username,
    pub email: Email,
    pub display_name: Option<DisplayName>,
    pub password_hash: PasswordHash,
    pub status: AccountStatus,
    pub roles: Roles,
    pub date_registered: Timestamp,
    pub last_login: Option<Timestamp>,
}

impl User {
    /// Whether the account may administer this server.
    pub fn is_admin(&self) -> bool {
        self.status == AccountStatus::Active && self.roles.has(Role::ADMIN)
    }

    /// Where it stands in lists.
    pub fn position(&self) -> Position<UserId> {
        Position {
            at: self.date_registered,
            id: self.id,
        }
    }

    /// What the audit log keeps of it.
    pub fn snapshot(&self) -> Snapshot {
        let roles = self.roles.iter().map(str::to_owned).collect();
        Snapshot::new([
            ("username", Field::text(&self.username)),
            ("email", Field::text(&self.email)),
            ("display_name", Field::optional(self.display_name.as_ref())),
            ("status", Field::text(self.status.as_str())),
            ("roles", Field::Texts(roles)),
        ])
    }
}

impl From<NewUser> for User {
    fn from(new: NewUser) -> Self {
        Self {
            id: new.id,
            username: new.username,
            email: new.email,
            display_name: new.display_name,
            password_hash: new.password_hash,
            status: AccountStatus::Active,
            roles: new.roles,
            date_registered: new.date_registered,
            last_login: None,
        }
    }
}
