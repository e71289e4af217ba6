use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::{Password, PasswordPolicy, PasswordStrength, PersonalWords},
    ports::{MeterError, StrengthMeter},
    usecases::FieldError,
};

/// Tells how hard a password is to guess, before someone chooses it.
pub struct RatePassword {
    pub policy: PasswordPolicy,
    pub meter: Arc<dyn StrengthMeter>,
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
        let nobody = PersonalWords::of_nobody();
        let strength = self.meter.rate(&password, &nobody).await?;
        Ok(self.policy.rate(&password, strength))
    }
}
