use super::{error::CliError, runtime};
use crate::{
    adapters::database,
    app::{StartupError, open_database},
    config::{Config, Sources},
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. Servers do it at their start, unless SIGNET_MIGRATE_ON_START=false.

Example:
  SIGNET_DATA_DIR=/var/lib/signet signet migrate";

pub(super) fn run(sources: &Sources) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    runtime()?.block_on(async {
        let database = open_database(&config).await?;
        let applied = database::migrate(&database)
            .await
            .map_err(StartupError::from)?;
        database.close().await.map_err(StartupError::from)?;
        println!("{applied} migrations applied, the schema is up to date");
        Ok(())
    })
}
