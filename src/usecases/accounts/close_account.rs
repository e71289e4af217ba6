use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{ConfirmPassword, ConfirmPasswordError, confirm_password::parse_current};
use crate::{
    domain::{RequestOrigin, User},
    ports::{Clock, DeleteUserError, UserRepo},
    usecases::{FieldError, FieldErrors, Initiator},
};

/// Deletes the account of a user who confirms it with their password.
pub struct CloseAccount {
    pub confirm_password: Arc<ConfirmPassword>,
    pub users: Arc<dyn UserRepo>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug, Error)]
pub enum CloseAccountError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
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
        password: Zeroizing<String>,
    ) -> Result<(), CloseAccountError> {
        let mut errors = FieldErrors::default();
        let password = parse_current(&mut errors, "password", password);
        let password = errors
            .finish(password)
            .map_err(CloseAccountError::Invalid)?;
        self.confirm_password.run(origin, user, &password).await?;
        let act = Initiator::user(user.id, origin).acts(self.clock.now());
        let verified = Some(&user.password_hash);
        Ok(self.users.delete(user.id, verified, &act).await?)
    }
}
