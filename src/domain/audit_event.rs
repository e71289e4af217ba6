use std::{collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Act, Actor, ClientId, InviteId, KeyId, MasterKeyId, RefreshKeyId, Timestamp, UserId};

/// An event's number: later events of one server have greater ones.
pub type AuditEventId = i64;

/// A change, as the audit log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    pub act: Act,
    pub action: AuditAction,
    pub target: AuditTarget,
    /// What was there, of a change only what it changed.
    pub before: Option<Snapshot>,
    pub after: Option<Snapshot>,
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditTarget {
    User(UserId),
    Invite(InviteId),
    Client(ClientId),
    Key(KeyId),
    RefreshKey(RefreshKeyId),
    MasterKey(MasterKeyId),
}

impl AuditTarget {
    /// Its kind, by the name that the audit log stores.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Invite(_) => "invite",
            Self::Client(_) => "client",
            Self::Key(_) => "key",
            Self::RefreshKey(_) => "refresh_key",
            Self::MasterKey(_) => "master_key",
        }
    }

    pub fn id(&self) -> String {
        match self {
            Self::User(id) => id.to_string(),
            Self::Invite(id) => id.to_string(),
            Self::Client(id) => id.to_string(),
            Self::Key(id) => id.to_string(),
            Self::RefreshKey(id) => id.to_string(),
            Self::MasterKey(id) => id.to_string(),
        }
    }

    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "user" => id.parse().ok().map(Self::User),
            "invite" => id.parse().ok().map(Self::Invite),
            "client" => id.parse().ok().map(Self::Client),
            "key" => id.parse().ok().map(Self::Key),
            "refresh_key" => id
                .parse()
                .ok()
                .map(|id| Self::RefreshKey(RefreshKeyId::new(id))),
            "master_key" => id.parse().ok().map(Self::MasterKey),
            _ => None,
        }
    }
}

/// What was done, by the name that the audit log stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    Register,
    CreateUser,
    ImportUser,
    UpdateUser,
    DeleteUser,
    ChangePassword,
    ResetPassword,
    EndSessions,
    CreateInvite,
    DeleteInvite,
    CreateClient,
    DeleteClient,
    RotateKey,
    RevokeKey,
    ImportKey,
    RotateRefreshKey,
    RevokeRefreshKeys,
    RotateMasterKey,
}

impl AuditAction {
    pub const ALL: [Self; 18] = [
        Self::Register,
        Self::CreateUser,
        Self::ImportUser,
        Self::UpdateUser,
        Self::DeleteUser,
        Self::ChangePassword,
        Self::ResetPassword,
        Self::EndSessions,
        Self::CreateInvite,
        Self::DeleteInvite,
        Self::CreateClient,
        Self::DeleteClient,
        Self::RotateKey,
        Self::RevokeKey,
        Self::ImportKey,
        Self::RotateRefreshKey,
        Self::RevokeRefreshKeys,
        Self::RotateMasterKey,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "user.register",
            Self::CreateUser => "user.create",
            Self::ImportUser => "user.import",
            Self::UpdateUser => "user.update",
            Self::DeleteUser => "user.delete",
            Self::ChangePassword => "user.change_password",
            Self::ResetPassword => "user.reset_password",
            Self::EndSessions => "user.end_sessions",
            Self::CreateInvite => "invite.create",
            Self::DeleteInvite => "invite.delete",
            Self::CreateClient => "client.create",
            Self::DeleteClient => "client.delete",
            Self::RotateKey => "key.rotate",
            Self::RevokeKey => "key.revoke",
            Self::ImportKey => "key.import",
            Self::RotateRefreshKey => "refresh_key.rotate",
            Self::RevokeRefreshKeys => "refresh_key.revoke",
            Self::RotateMasterKey => "master_key.rotate",
        }
    }
}

impl FromStr for AuditAction {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut actions = Self::ALL.into_iter();
        actions.find(|action| action.as_str() == text).ok_or(())
    }
}

/// Fields of a thing at one time, none of them a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Snapshot(BTreeMap<String, Field>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Field {
    Text(String),
    Texts(Vec<String>),
    Nothing,
}

impl Snapshot {
    pub fn new<const FIELDS: usize>(fields: [(&str, Field); FIELDS]) -> Self {
        let named = fields.map(|(name, field)| (name.to_owned(), field));
        Self(named.into_iter().collect())
    }

    pub(super) fn add(&mut self, name: &str, field: Field) {
        self.0.insert(name.to_owned(), field);
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.0.iter().map(|(name, field)| (name.as_str(), field))
    }

    /// What of both differs.
    pub(super) fn difference(mut self, mut after: Self) -> (Self, Self) {
        let differs = |name: &str, field: &Field, other: &Self| other.0.get(name) != Some(field);
        let (was, is) = (self.clone(), after.clone());
        self.0.retain(|name, field| differs(name, field, &is));
        after.0.retain(|name, field| differs(name, field, &was));
        (self, after)
    }
}

impl Field {
    pub fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(text.to_string())
    }

    pub fn texts(texts: impl IntoIterator<Item = impl ToString>) -> Self {
        Self::Texts(texts.into_iter().map(|text| text.to_string()).collect())
    }

    pub fn optional(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Nothing, |text| Self::text(&text))
    }
}

/// Which events are asked for; `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub actor: Option<Actor>,
    /// The id of what was changed.
    pub target: Option<String>,
    pub action: Option<AuditAction>,
    pub from: Option<Timestamp>,
    /// That moment itself is not included.
    pub to: Option<Timestamp>,
}

impl AuditFilter {
    pub fn matches(&self, event: &AuditEvent) -> bool {
        let at = event.act.at;
        (self.actor).is_none_or(|actor| event.act.actor == actor)
            && (self.target.as_ref()).is_none_or(|target| event.target.id() == *target)
            && self.action.is_none_or(|action| event.action == action)
            && self.from.is_none_or(|from| from <= at)
            && self.to.is_none_or(|to| at < to)
    }
}
