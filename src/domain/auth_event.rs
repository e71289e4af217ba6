use super::{KeyId, PasswordHash, TokenId, UserId};

/// A refused attempt to authenticate, as the auth log keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthFailure {
    /// No such account. What was submitted as its name is kept nowhere:
    /// people type passwords into the wrong field.
    UnknownUser,
    WrongPassword(UserId),
    Disabled(UserId),
}

impl AuthFailure {
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::UnknownUser => None,
            Self::WrongPassword(user) | Self::Disabled(user) => Some(user),
        }
    }

    pub fn outcome(self) -> Outcome {
        match self {
            Self::UnknownUser => Outcome::UnknownUser,
            Self::WrongPassword(_) => Outcome::WrongPassword,
            Self::Disabled(_) => Outcome::Disabled,
        }
    }
}

/// A login that is about to be granted: everything that it changes.
#[derive(Clone, Debug)]
pub struct AuthSuccess {
    pub user: UserId,
    pub kid: KeyId,
    pub jti: TokenId,
    pub rehash: Option<Rehash>,
}

/// Replaces a hash made with former parameters by one with the current ones.
#[derive(Clone, Debug)]
pub struct Rehash {
    pub from: PasswordHash,
    pub to: PasswordHash,
}

/// How an attempt ended, by the name that the auth log stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    WrongPassword,
    UnknownUser,
    Disabled,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::WrongPassword => "wrong_password",
            Self::UnknownUser => "unknown_user",
            Self::Disabled => "disabled",
        }
    }
}
