use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::{Password, PasswordChange, UserId},
    ports::{Clock, Entropy, HashError, PasswordHasher, SetPasswordError, StorageError, UserRepo},
    usecases::Initiator,
};

/// Gives an account a password of the server's making and ends its sessions.
pub struct ResetPassword {
    pub users: Arc<dyn UserRepo>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

#[derive(Debug, Error)]
pub enum ResetPasswordError {
    #[error("there is no such account")]
    NotFound,
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ResetPassword {
    /// The password, a UUIDv4, which exists in clear text only here.
    pub async fn run(&self, by: &Initiator, id: UserId) -> Result<Password, ResetPasswordError> {
        // No hash is spent on an account that is not there.
        if self.users.find(id).await?.is_none() {
            return Err(ResetPasswordError::NotFound);
        }
        let password = Password::generate(self.entropy.uuid());
        let change = PasswordChange {
            from: None,
            to: self.hasher.hash(&password).await?,
            spared: None,
        };
        let act = by.acts(self.clock.now());
        match self.users.set_password(id, &change, &act).await {
            Ok(()) => Ok(password),
            Err(SetPasswordError::NotFound | SetPasswordError::Changed) => {
                Err(ResetPasswordError::NotFound)
            }
            Err(SetPasswordError::Storage(error)) => Err(error.into()),
        }
    }
}
