use std::fmt;

use thiserror::Error;

/// The private key is none of its algorithm, or does not sign what its public
/// key verifies.
#[derive(Debug, Error)]
#[error("not a usable signing key: {0}")]
pub struct UnusableKey(String);

#[derive(Debug, Error)]
#[error("signing failed: {0}")]
pub struct SigningFailed(String);

impl SigningFailed {
    pub(super) fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

pub(super) fn unusable(reason: impl fmt::Display) -> UnusableKey {
    UnusableKey(reason.to_string())
}
