use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigError};

/// Logs to standard error: for people on a terminal, as JSON lines otherwise.
pub(super) fn init(config: &Config) -> Result<(), ConfigError> {
    let filter = filter(config)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    if stderr().is_terminal() {
        builder.init();
    } else {
        builder.json().init();
    }
    Ok(())
}

/// What is logged.
pub(super) fn filter(config: &Config) -> Result<EnvFilter, ConfigError> {
    EnvFilter::try_new(&config.log).map_err(|error| ConfigError::Invalid {
        setting: "SIGNET_LOG".to_owned(),
        reason: error.to_string(),
    })
}
