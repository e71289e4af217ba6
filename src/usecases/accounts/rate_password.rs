use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::{Password, PasswordStrength},
    ports::MeterError,
    usecases::{FieldError, PasswordJudge},
};

/// Tells how hard a password is to guess, before someone chooses it.
pub struct RatePassword {
    pub judge: Arc<PasswordJudge>,
}

#[derive(Debug, Error)]
pub enum RatePasswordError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Meter(#[from] MeterError),
}

impl RatePassword {
    pub async fn run(&self, password: String) -> Result<PasswordStrength, RatePasswordError> {
        let password = Password::new(password)
            .map_err(|e| RatePasswordError::Invalid(vec![FieldError::new("password", e)]))?;
        Ok(self.judge.rate(&password).await?)
    }
}
