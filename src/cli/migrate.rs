use super::{error::CliError, runtime};
use crate::{
    adapters::database,
    app::{StartupError, open_database},
    config::{Config, Sources},
};

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
