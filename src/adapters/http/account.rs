//! Accounts and sessions as answers show them.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object, types::Example};
use uuid::Uuid;

use super::{
    examples::{ADDRESS, AGENT, SESSION, USER, earlier, later},
    nullable::Nullable,
};
use crate::domain::{AccountStatus, Session, User};

/// An account.
#[derive(Object)]
#[oai(example)]
pub(super) struct Account {
    /// The account's id, the `sub` of its tokens.
    id: Uuid,
    /// The username as it was given.
    username: String,
    /// The e-mail address as it was given.
    email: String,
    /// What people call its owner; null where nothing was said.
    display_name: Nullable<String>,
    /// Whether its owner may log in.
    status: Status,
    /// What its owner may do, the `roles` of its tokens.
    roles: Vec<String>,
    /// When the account was made.
    created: DateTime<Utc>,
    /// When it last logged in; null where it never did.
    last_login: Nullable<DateTime<Utc>>,
}

/// Whether an account's owner may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase", rename = "AccountStatus")]
pub(super) enum Status {
    /// They may.
    Active,
    /// They may not, and are logged in nowhere.
    Disabled,
}

/// Where a user is logged in.
#[derive(Object)]
#[oai(rename = "Session", example)]
pub(super) struct SessionItem {
    /// The session's id, the `sid` of its tokens.
    id: Uuid,
    /// When the user logged in.
    created: DateTime<Utc>,
    /// When the session was last refreshed, told once the reuse window is over.
    last_used: DateTime<Utc>,
    /// From which address that was.
    address: String,
    /// With what program that was, as it says; null where it said nothing.
    user_agent: Nullable<String>,
    /// Whether it is the session of the access token that was sent.
    current: bool,
}

impl SessionItem {
    pub(super) fn new(session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.as_uuid(),
            created: session.created_at,
            last_used: session.last_used_at,
            address: session.address.to_string(),
            user_agent: (session.user_agent.as_ref())
                .map(|agent| agent.as_str().to_owned())
                .into(),
            current: session.id == current.id,
        }
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username.to_string(),
            email: user.email.to_string(),
            display_name: user.display_name.as_ref().map(ToString::to_string).into(),
            status: user.status.into(),
            roles: user.roles.iter().map(str::to_owned).collect(),
            created: user.date_registered,
            last_login: user.last_login.into(),
        }
    }
}

impl From<AccountStatus> for Status {
    fn from(status: AccountStatus) -> Self {
        match status {
            AccountStatus::Active => Self::Active,
            AccountStatus::Disabled => Self::Disabled,
        }
    }
}

impl From<Status> for AccountStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Disabled => Self::Disabled,
        }
    }
}

impl Example for Account {
    fn example() -> Self {
        Self {
            id: USER,
            username: "ada".to_owned(),
            email: "ada@example.com".to_owned(),
            display_name: Some("Ada Lovelace".to_owned()).into(),
            status: Status::Active,
            roles: vec!["editor".to_owned()],
            created: earlier(),
            last_login: Some(later()).into(),
        }
    }
}

impl Example for SessionItem {
    fn example() -> Self {
        Self {
            id: SESSION,
            created: earlier(),
            last_used: later(),
            address: ADDRESS.to_owned(),
            user_agent: Some(AGENT.to_owned()).into(),
            current: true,
        }
    }
}
