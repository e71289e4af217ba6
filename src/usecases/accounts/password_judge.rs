use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    domain::{ChosenPassword, Password, PasswordPolicy, PersonalWords},
    ports::{MeterError, StrengthMeter},
    usecases::{FieldError, FieldErrors},
};

/// Stands between a password that someone chose and its hash. Those that the
/// server makes are not judged.
pub struct PasswordJudge {
    pub policy: PasswordPolicy,
    pub meter: Arc<dyn StrengthMeter>,
}

#[derive(Debug, Error)]
pub enum JudgeError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error(transparent)]
    Meter(#[from] MeterError),
}

impl PasswordJudge {
    /// What shows at once: whether its length is right. `None` only when the
    /// error was noted.
    pub(super) fn parse(
        &self,
        errors: &mut FieldErrors,
        field: &'static str,
        mut text: Zeroizing<String>,
    ) -> Option<Password> {
        let password = Password::new(std::mem::take(&mut *text));
        let password = errors.take(field, password)?;
        errors.take(field, self.policy.check_length(&password))?;
        Some(password)
    }

    pub(super) async fn judge(
        &self,
        field: &'static str,
        password: Password,
        known: &PersonalWords,
    ) -> Result<ChosenPassword, JudgeError> {
        let strength = self.meter.rate(&password, known).await?;
        let judged = self.policy.judge(password, strength);
        judged.map_err(|weak| JudgeError::Invalid(vec![FieldError::new(field, weak)]))
    }
}
