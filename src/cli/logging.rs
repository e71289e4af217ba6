use std::{
    io::{IsTerminal, stderr},
    panic::{self, PanicHookInfo},
};

use tracing_subscriber::{EnvFilter, filter::ParseError};

use crate::config::{Config, ConfigError};

/// What has the access log logged.
const ACCESS_LOG: &str = "signet::access=info";

/// Logs to standard error: for people on a terminal, as JSON lines otherwise.
pub(super) fn init(config: &Config) -> Result<(), ConfigError> {
    let mut filter = filter(config)?;
    if config.access_log {
        // After the user's own: the more exact one counts, whatever those are.
        filter = filter.add_directive(ACCESS_LOG.parse().map_err(|e| invalid(&e))?);
    }
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        // A log on a full disk would be told there as well, in a way that panics.
        .log_internal_errors(false);
    if stderr().is_terminal() {
        builder.init();
    } else {
        builder.json().init();
    }
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// What is logged.
pub(super) fn filter(config: &Config) -> Result<EnvFilter, ConfigError> {
    EnvFilter::try_new(&config.log).map_err(|e| invalid(&e))
}

fn invalid(error: &ParseError) -> ConfigError {
    ConfigError::Invalid {
        setting: "SIGNET_LOG".to_owned(),
        reason: format!("{error}: expected a level, or a filter, like info or warn,signet=debug"),
    }
}

/// Where it was, and not what it says: a library's message may quote what it
/// worked on, a password among it.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(tracing::field::display);
    tracing::error!(place, "a panic");
}
