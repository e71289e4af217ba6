use async_trait::async_trait;
use thiserror::Error;

use super::StorageError;
use crate::domain::{NewUser, User, Username};

#[derive(Debug, Error)]
pub enum RegisterError {
    #[error("the username is taken")]
    UsernameTaken,
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The accounts.
#[async_trait]
pub trait UserRepo: Send + Sync {
    /// Adds an active account that has never logged in.
    ///
    /// MUST refuse with `UsernameTaken` when another account has a username of
    /// the same folded form, and otherwise with `EmailTaken` when another has
    /// an e-mail address of the same folded form. Of any number of concurrent
    /// registrations of one name exactly one MUST succeed. A success MUST
    /// survive the loss of power.
    async fn register(&self, user: &NewUser) -> Result<(), RegisterError>;

    /// The account whose username has the same folded form.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError>;
}
