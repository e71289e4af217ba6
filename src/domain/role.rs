use std::{collections::BTreeSet, fmt, str::FromStr};

use thiserror::Error;

/// What an account may do, by a name: 1 to 64 characters of ASCII letters,
/// digits and `. _ : -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(String);

/// An account's roles, in the order of their names; at most 32.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoleError {
    #[error("must have 1 to 64 characters of ASCII letters, digits and . _ : -")]
    Name,
    #[error("must be at most 32 roles")]
    Count,
}

impl Role {
    /// May administer this server. Services may give it a meaning of their own.
    pub const ADMIN: &str = "admin";

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RoleError::Name)
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Roles {
    pub const MAX_COUNT: usize = 32;

    /// A role that stands twice counts once.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, RoleError> {
        let roles: BTreeSet<_> = roles.into_iter().collect();
        if roles.len() > Self::MAX_COUNT {
            return Err(RoleError::Count);
        }
        Ok(Self(roles))
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Role::as_str)
    }

    pub fn has(&self, role: &str) -> bool {
        self.iter().any(|other| other == role)
    }

    /// These and one more.
    pub fn with(&self, role: &Role) -> Result<Self, RoleError> {
        Self::new(self.0.iter().chain([role]).cloned())
    }

    /// These but one.
    #[must_use]
    pub fn without(&self, role: &Role) -> Self {
        Self(
            self.0
                .iter()
                .filter(|other| *other != role)
                .cloned()
                .collect(),
        )
    }
}

impl FromStr for Roles {
    type Err = RoleError;

    /// Roles between single spaces; the empty text is none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let roles: BTreeSet<_> = text.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        Self::new(roles)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(" "))
    }
}
