use std::fmt;

use thiserror::Error;

/// A setting that the server refuses to start with.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("{setting}: {reason}")]
    Invalid { setting: String, reason: String },
    #[error(
        "unknown setting {setting} in {place}; `signet config --reference` prints the known ones"
    )]
    Unknown { setting: String, place: String },
    #[error("cannot read the configuration file: {0}")]
    File(#[from] config::ConfigError),
}

impl ConfigError {
    /// Names the setting by its environment variable, which is unambiguous
    /// wherever it was set.
    pub(super) fn invalid(name: &str, reason: impl fmt::Display) -> Self {
        Self::Invalid {
            setting: format!("SIGNET_{}", name.to_ascii_uppercase()),
            reason: reason.to_string(),
        }
    }
}
