use std::sync::Arc;

use thiserror::Error;

use super::{ConfirmPassword, ConfirmPasswordError};
use crate::{
    domain::{Password, RequestOrigin, User},
    ports::{Clock, DeleteUserError, UserRepo},
    usecases::Initiator,
};

/// Deletes the account of a user who confirms it with their password.
pub struct CloseAccount {
    pub confirm_password: Arc<ConfirmPassword>,
    pub users: Arc<dyn UserRepo>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug, Error)]
pub enum CloseAccountError {
    #[error(transparent)]
    Password(#[from] ConfirmPasswordError),
    #[error(transparent)]
    Delete(#[from] DeleteUserError),
}

impl CloseAccount {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        user: &User,
        password: &Password,
    ) -> Result<(), CloseAccountError> {
        self.confirm_password.run(origin, user, password).await?;
        let act = Initiator::user(user.id, origin).acts(self.clock.now());
        Ok(self.users.delete(user.id, &act).await?)
    }
}
