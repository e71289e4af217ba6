use std::str::FromStr;

use super::{ClientId, KeyId, PasswordHash, Session, SessionId, TokenId, UserId};

/// A refused attempt to authenticate, as the auth log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthFailure {
    /// No such account. What was submitted as its name is kept nowhere:
    /// people type passwords into the wrong field.
    UnknownUser,
    WrongPassword(UserId),
    Disabled(UserId),
    /// Too early after too many failures: no password was checked.
    Throttled(Option<UserId>),
    /// A refresh token that was consumed before; its session was ended.
    RefreshReuse(UserId, SessionId),
    /// No such service client, or none that can be read. What was submitted as
    /// its id is kept nowhere.
    UnknownClient,
    /// Or none at all.
    WrongClientSecret(ClientId),
}

impl AuthFailure {
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::WrongPassword(user) | Self::Disabled(user) | Self::RefreshReuse(user, _) => {
                Some(*user)
            }
            Self::Throttled(user) => *user,
            Self::UnknownUser | Self::UnknownClient | Self::WrongClientSecret(_) => None,
        }
    }

    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::RefreshReuse(_, session) => Some(*session),
            _ => None,
        }
    }

    pub fn client(&self) -> Option<&ClientId> {
        match self {
            Self::WrongClientSecret(client) => Some(client),
            _ => None,
        }
    }

    pub fn outcome(&self) -> Outcome {
        match self {
            Self::UnknownUser => Outcome::UnknownUser,
            Self::WrongPassword(_) => Outcome::WrongPassword,
            Self::Disabled(_) => Outcome::Disabled,
            Self::Throttled(_) => Outcome::Throttled,
            Self::RefreshReuse(..) => Outcome::RefreshReuse,
            Self::UnknownClient => Outcome::UnknownClient,
            Self::WrongClientSecret(_) => Outcome::WrongClientSecret,
        }
    }
}

/// A login that is about to be granted: everything that it changes.
#[derive(Clone, Debug)]
pub struct AuthSuccess {
    /// The session that begins; it names the account.
    pub session: Session,
    pub kid: KeyId,
    pub jti: TokenId,
    /// What the password was verified against.
    pub verified: PasswordHash,
    /// What replaces it when it was made with former parameters.
    pub rehash: Option<PasswordHash>,
}

/// How an attempt ended, by the name that the auth log stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Success,
    WrongPassword,
    UnknownUser,
    Disabled,
    Throttled,
    RefreshReuse,
    UnknownClient,
    WrongClientSecret,
}

impl Outcome {
    pub const ALL: [Self; 8] = [
        Self::Success,
        Self::WrongPassword,
        Self::UnknownUser,
        Self::Disabled,
        Self::Throttled,
        Self::RefreshReuse,
        Self::UnknownClient,
        Self::WrongClientSecret,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::WrongPassword => "wrong_password",
            Self::UnknownUser => "unknown_user",
            Self::Disabled => "disabled",
            Self::Throttled => "throttled",
            Self::RefreshReuse => "refresh_reuse",
            Self::UnknownClient => "unknown_client",
            Self::WrongClientSecret => "wrong_client_secret",
        }
    }
}

impl FromStr for Outcome {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut outcomes = Self::ALL.into_iter();
        outcomes.find(|outcome| outcome.as_str() == text).ok_or(())
    }
}
