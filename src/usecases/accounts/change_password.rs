use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    ConfirmPassword, ConfirmPasswordError, JudgeError, PasswordJudge,
    confirm_password::parse_current,
};
use crate::{
    domain::{Password, PasswordChange, PersonalWords, RequestOrigin},
    ports::{Clock, HashError, MeterError, PasswordHasher, RateScope, SetPasswordError, UserRepo},
    usecases::{
        AdmitRequest, ChangeRefused, FieldError, FieldErrors, Initiator, tokens::AuthorizedUser,
    },
};

/// Replaces the password of a user who confirms it with the current one, and
/// ends their other sessions.
pub struct ChangePassword {
    pub confirm_password: Arc<ConfirmPassword>,
    pub judge: Arc<PasswordJudge>,
    pub users: Arc<dyn UserRepo>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub admit_request: Arc<AdmitRequest>,
    pub clock: Arc<dyn Clock>,
}

/// The passwords as they are sent.
pub struct PasswordPair {
    pub current: Zeroizing<String>,
    pub new: Zeroizing<String>,
}

#[derive(Debug, Error)]
pub enum ChangePasswordError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Current(#[from] ConfirmPasswordError),
    #[error(transparent)]
    Refused(#[from] ChangeRefused),
    #[error(transparent)]
    Meter(MeterError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Set(#[from] SetPasswordError),
}

impl ChangePassword {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        authorized: &AuthorizedUser,
        passwords: PasswordPair,
    ) -> Result<(), ChangePasswordError> {
        let AuthorizedUser { user, session } = authorized;
        let parsed = self.parse(passwords);
        let (current, new) = parsed.map_err(ChangePasswordError::Invalid)?;
        // Judged first: a hash is spent on the current one only where the new
        // one could replace it.
        let known = PersonalWords::of(&user.username, &user.email, user.display_name.as_ref());
        let new = self.judge.judge("new_password", new, &known).await?;
        self.confirm_password.run(origin, user, &current).await?;
        // After it, so that a stolen access token cannot use the limit up.
        let admit_request = &self.admit_request;
        admit_request
            .change(RateScope::PasswordChange, user.id)
            .await?;
        let change = PasswordChange {
            from: Some(user.password_hash.clone()),
            to: self.hasher.hash(new.as_password()).await?,
            spared: Some(session.id),
        };
        let act = Initiator::user(user.id, origin).acts(self.clock.now());
        Ok(self.users.set_password(user.id, &change, &act).await?)
    }

    fn parse(&self, passwords: PasswordPair) -> Result<(Password, Password), Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let current = parse_current(&mut errors, "current_password", passwords.current);
        let new = self.judge.parse(&mut errors, "new_password", passwords.new);
        errors.finish((|| Some((current?, new?)))())
    }
}

impl From<JudgeError> for ChangePasswordError {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Invalid(errors) => Self::Invalid(errors),
            JudgeError::Meter(error) => Self::Meter(error),
        }
    }
}
