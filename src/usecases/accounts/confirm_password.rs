use std::{sync::Arc, time::Duration};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    domain::{AttemptResult, AuthFailure, Password, RequestOrigin, User},
    ports::{AuthLog, Clock, HashError, PasswordHasher, StorageError},
    usecases::{AccountGuard, FieldErrors, GuardError},
};

/// Checks the password of a user who is logged in: an access token that was
/// stolen is not enough for what cannot be undone. A wrong one counts, and is
/// logged, as it is at a login.
pub struct ConfirmPassword {
    pub guard: AccountGuard,
    pub auth_log: Arc<dyn AuthLog>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug, Error)]
pub enum ConfirmPasswordError {
    #[error("the password is wrong")]
    Wrong,
    #[error("too many failures at this name")]
    Throttled { retry_after: Duration },
    #[error("failures cannot be counted")]
    Uncounted { retry_after: Duration },
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ConfirmPassword {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        user: &User,
        password: &Password,
    ) -> Result<(), ConfirmPasswordError> {
        let name = user.username.as_str();
        let attempt = self.guard.begin(origin, name, Some(user.id)).await?;
        let result = self.attempt(origin, user, password).await;
        attempt
            .end(match result {
                Ok(()) => AttemptResult::Succeeded,
                Err(ConfirmPasswordError::Wrong) => AttemptResult::Failed,
                Err(_) => AttemptResult::Abandoned,
            })
            .await;
        result
    }

    async fn attempt(
        &self,
        origin: &RequestOrigin,
        user: &User,
        password: &Password,
    ) -> Result<(), ConfirmPasswordError> {
        if self.hasher.verify(password, &user.password_hash).await? {
            return Ok(());
        }
        let failure = AuthFailure::WrongPassword(user.id);
        let now = self.clock.now();
        self.auth_log.record_failure(now, origin, failure).await?;
        Err(ConfirmPasswordError::Wrong)
    }
}

/// `None` only when the error was noted.
pub(super) fn parse_current(
    errors: &mut FieldErrors,
    field: &'static str,
    mut text: Zeroizing<String>,
) -> Option<Password> {
    errors.take(field, Password::new(std::mem::take(&mut *text)))
}

impl From<GuardError> for ConfirmPasswordError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Throttled { retry_after } => Self::Throttled { retry_after },
            GuardError::Unavailable { retry_after } => Self::Uncounted { retry_after },
            GuardError::Storage(error) => Self::Storage(error),
        }
    }
}
