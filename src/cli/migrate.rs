use clap::Args;
use serde_json::json;

use super::{error::CliError, runtime, session::report};
use crate::{
    adapters::database,
    app::{StartupError, open_database},
    config::{Config, Sources},
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. Servers do it at their start, unless SIGNET_MIGRATE_ON_START=false.

Example:
  SIGNET_DATA_DIR=/var/lib/signet signet migrate";

#[derive(Args)]
pub(super) struct MigrateArgs {
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) fn run(sources: &Sources, args: &MigrateArgs) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    runtime()?.block_on(async {
        let database = open_database(&config).await?;
        let applied = database::migrate(&database)
            .await
            .map_err(StartupError::from)?;
        database.close().await.map_err(StartupError::from)?;
        let done = format!("{applied} migrations applied, the schema is up to date");
        report(
            args.json,
            &json!({ "applied": applied }),
            &done,
            &format!("{done}: `signet serve` can start"),
        )
    })
}
