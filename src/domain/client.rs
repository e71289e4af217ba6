use std::{fmt, str::FromStr};

use thiserror::Error;

use super::{Audience, Field, Position, Scopes, SecretDigest, Snapshot, Timestamp};

/// A service client's id: its `client_id`, and the `sub` of its tokens.
/// 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

/// What people call a service client: 1 to 64 characters of letters, digits
/// and `. _ -`, unique whatever its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must have 1 to 128 visible ASCII characters")]
pub struct ClientIdError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must have 1 to 64 characters of ASCII letters, digits and . _ -")]
pub struct ClientNameError;

impl ClientId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = ClientIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if visible && (1..=128).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ClientIdError)
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ClientName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which names are compared.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for ClientName {
    type Err = ClientNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ClientNameError)
        }
    }
}

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service that gets tokens for itself (RFC 6749 §4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub name: ClientName,
    pub secret: SecretDigest,
    /// What it may ask for.
    pub scopes: Scopes,
    /// `None`: the server's own audience.
    pub audience: Option<Audience>,
    pub created_at: Timestamp,
}

impl Client {
    /// Where it stands in lists.
    pub fn position(&self) -> Position<ClientId> {
        Position {
            at: self.created_at,
            id: self.id.clone(),
        }
    }

    /// What the audit log keeps of it.
    pub fn snapshot(&self) -> Snapshot {
        let texts = |texts: Vec<&str>| Field::Texts(texts.into_iter().map(str::to_owned).collect());
        let audience = self
            .audience
            .as_ref()
            .map(|audience| audience.iter().collect());
        Snapshot::new([
            ("name", Field::text(&self.name)),
            ("scope", texts(self.scopes.iter().collect())),
            ("audience", audience.map_or(Field::Nothing, texts)),
        ])
    }
}
