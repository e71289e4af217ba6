//! `signet keys`: one file per command. They work on the database directly.

mod export;
mod import;
mod list;
mod revoke;
mod rotate;

use chrono::{SecondsFormat, SubsecRound};
use clap::Subcommand;

use super::error::CliError;
use crate::{
    config::Sources,
    domain::{KeyId, Timestamp},
};

pub(super) const EXAMPLES: &str = "\
Examples:
  signet keys list
  NOT_MY_KEY_FILE=/etc/signet/master.key signet keys rotate";

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// List the signing keys with their states and dates
    #[command(after_help = list::EXAMPLES)]
    List(list::ListArgs),
    /// Let the next key take over now, if every verifier can know it
    #[command(after_help = rotate::EXAMPLES)]
    Rotate(rotate::RotateArgs),
    /// Unpublish a key at once, because it leaked: all its tokens die
    #[command(after_help = revoke::EXAMPLES)]
    Revoke(revoke::RevokeArgs),
    /// Take in a private key that was made elsewhere
    #[command(after_help = import::EXAMPLES)]
    Import(import::ImportArgs),
    /// Print public keys
    #[command(after_help = export::EXAMPLES)]
    Export(export::ExportArgs),
}

pub(super) async fn run(sources: &Sources, command: &KeysCommand) -> Result<(), CliError> {
    match command {
        KeysCommand::List(args) => list::run(sources, args).await,
        KeysCommand::Rotate(args) => rotate::run(sources, args).await,
        KeysCommand::Revoke(args) => revoke::run(sources, args).await,
        KeysCommand::Import(args) => import::run(sources, args).await,
        KeysCommand::Export(args) => export::run(sources, args).await,
    }
}

/// A time in RFC 3339, rounded up to the second: at the time that is printed,
/// what it announces has come.
fn rfc3339(time: Timestamp) -> String {
    let whole = time.trunc_subsecs(0);
    let up = if whole < time {
        whole + chrono::TimeDelta::seconds(1)
    } else {
        whole
    };
    up.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn unknown(kid: &KeyId) -> CliError {
    CliError::refused(format!(
        "there is no signing key {kid}: `signet keys list` shows those that are there"
    ))
}
