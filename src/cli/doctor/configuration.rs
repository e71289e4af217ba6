use super::report::{Check, reason};
use crate::{
    cli::logging,
    config::{Config, ConfigError, Sources},
};

const CHECK: &str = "configuration";

/// The settings, when a server could be started with them.
pub(super) fn check(sources: &Sources) -> (Option<Config>, Check) {
    match load(sources) {
        Ok(config) => {
            let found = format!("the settings of {} are valid", places(sources));
            (Some(config), Check::ok(CHECK, found))
        }
        Err(error) => {
            let advice = "correct it, and run `signet doctor` again: most checks need the settings";
            (None, Check::fail(CHECK, reason(error), advice))
        }
    }
}

fn load(sources: &Sources) -> Result<Config, ConfigError> {
    let config = Config::load(sources, false)?;
    logging::filter(&config)?;
    Ok(config)
}

fn places(sources: &Sources) -> String {
    match &sources.file {
        Some(path) => format!("{} and the environment", path.display()),
        None => "the environment (there is no ./signet.toml)".to_owned(),
    }
}
