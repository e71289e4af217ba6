use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::domain::{Password, PasswordStrength, PersonalWords};

#[derive(Debug, Error)]
pub enum MeterError {
    /// More is waiting than can be done in time.
    #[error("the strength meter is busy")]
    Busy { retry_after: Duration },
    /// Why is not said: it may quote the password.
    #[error("the strength meter failed")]
    Failed,
}

/// Estimates how hard passwords are to guess, off the async threads.
///
/// What it does for one password MUST be bounded, whatever the password, and
/// what would exceed the bound on waiting MUST be refused with `Busy`. The
/// spellings of one password, as its normal form tells, MUST get one answer.
/// Nothing of a password MUST be stored or logged.
#[async_trait]
pub trait StrengthMeter: Send + Sync {
    /// `known` is what is easy to guess about the password's owner.
    async fn rate(
        &self,
        password: &Password,
        known: &PersonalWords,
    ) -> Result<PasswordStrength, MeterError>;
}
