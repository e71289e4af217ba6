//! `signet db`: what concerns the database as a whole.

mod copy;
mod progress;

use clap::Subcommand;

use super::error::CliError;
use crate::config::Sources;

pub(super) const EXAMPLES: &str = "\
Example:
  signet db copy --to sqlite:./copy.db";

#[derive(Subcommand)]
pub(super) enum DbCommand {
    /// Copy the whole state into an empty database, of the same or the other kind
    #[command(after_help = copy::EXAMPLES)]
    Copy(copy::CopyArgs),
}

pub(super) async fn run(sources: &Sources, command: &DbCommand) -> Result<(), CliError> {
    match command {
        DbCommand::Copy(args) => Box::pin(copy::run(sources, args)).await,
    }
}
