use std::sync::Arc;

use thiserror::Error;

use super::{FieldError, Initiator};
use crate::{
    domain::{Email, NewUser, Password, RequestOrigin, Roles, UserId, Username},
    ports::{Clock, Entropy, HashError, PasswordHasher, RegisterError, StorageError, UserRepo},
};

/// Opens an account with a password of the server's making.
pub struct RegisterUser {
    pub users: Arc<dyn UserRepo>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

#[derive(Debug)]
pub struct RegisteredUser {
    pub id: UserId,
    pub username: Username,
    /// A UUIDv4, which exists in clear text only here.
    pub password: Password,
}

#[derive(Debug, Error)]
pub enum RegisterUserError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("the username is taken")]
    UsernameTaken,
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// There is no such invite, or it was used, or it has expired.
    #[error("the invite cannot be used")]
    InviteUnusable,
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Storage(StorageError),
}

impl RegisterUser {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        username: &str,
        email: &str,
    ) -> Result<RegisteredUser, RegisterUserError> {
        let (username, email) = parse(username, email)?;
        let password = Password::generate(self.entropy.uuid());
        let user = NewUser {
            id: UserId::new(self.entropy.uuid()),
            username,
            email,
            password_hash: self.hasher.hash(&password).await?,
            date_registered: self.clock.now(),
            display_name: None,
            roles: Roles::default(),
            invite: None,
        };
        let act = Initiator::user(user.id, origin).acts(user.date_registered);
        self.users.register(&user, &act).await?;
        Ok(RegisteredUser {
            id: user.id,
            username: user.username,
            password,
        })
    }
}

/// Parses both fields before refusing, so that the caller learns all at once.
fn parse(username: &str, email: &str) -> Result<(Username, Email), RegisterUserError> {
    let username = username
        .parse::<Username>()
        .map_err(|e| FieldError::new("username", e));
    let email = email
        .parse::<Email>()
        .map_err(|e| FieldError::new("email", e));
    match (username, email) {
        (Ok(username), Ok(email)) => Ok((username, email)),
        (username, email) => Err(RegisterUserError::Invalid(
            username.err().into_iter().chain(email.err()).collect(),
        )),
    }
}

impl From<RegisterError> for RegisterUserError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::UsernameTaken => Self::UsernameTaken,
            RegisterError::EmailTaken => Self::EmailTaken,
            RegisterError::InviteUnusable => Self::InviteUnusable,
            RegisterError::Storage(error) => Self::Storage(error),
        }
    }
}
