use clap::Subcommand;
use serde_json::json;

use super::{
    error::CliError,
    session::{Session, report},
    standard_error::tell,
};
use crate::{
    config::Sources,
    usecases::{
        Initiator,
        keys::{KeysError, Rewrapped},
    },
};

pub(super) const EXAMPLES: &str = "\
Example:
  NOT_MY_KEY_FILE=new.key NOT_MY_KEY_PREVIOUS_FILE=master.key signet master-key rotate";

const ROTATE: &str = "\
Restart all running servers with both keys first: a server that lacks the new one cannot open the
signing keys when it restarts.

Example:
  signet keygen > new.key && chmod 600 new.key
  NOT_MY_KEY_FILE=new.key NOT_MY_KEY_PREVIOUS_FILE=master.key signet master-key rotate";

#[derive(Subcommand)]
pub(super) enum MasterKeyCommand {
    /// Wrap all data keys under the current master key
    #[command(after_help = ROTATE)]
    Rotate {
        /// Print a JSON object, for scripts
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(sources: &Sources, command: &MasterKeyCommand) -> Result<(), CliError> {
    match *command {
        MasterKeyCommand::Rotate { json } => rotate(sources, json).await,
    }
}

async fn rotate(sources: &Sources, json: bool) -> Result<(), CliError> {
    let (session, master_keys) = Session::open_to_change(sources).await?;
    let current = master_keys.current().id();
    tell(format_args!(
        "signet: warning: all running servers must have been restarted with master key {current} \
         as NOT_MY_KEY and the former one as NOT_MY_KEY_PREVIOUS. One that lacks {current} keeps \
         what it has loaded, and does not start again"
    ));
    let rewrap = session.ports.rewrap_keys(&master_keys);
    let rewrapped = rewrap.run(&Initiator::command_line()).await;
    let Rewrapped { changed, unchanged } = rewrapped.map_err(advise)?;
    session.close().await?;
    report(
        json,
        &json!({
            "master_key_id": current.to_string(),
            "changed": changed,
            "unchanged": unchanged,
        }),
        &format!(
            "{changed} data keys re-wrapped under master key {current}, {unchanged} already were. \
             The database needs no other master key now; keep the former one for as long as there \
             are backups that do. If it leaked, the keys in those backups are known: docs/keys.md \
             says which to change."
        ),
        &format!(
            "All data keys are wrapped under master key {current}: `signet keys list` shows it"
        ),
    )
}

fn advise(error: KeysError) -> CliError {
    match &error {
        KeysError::Unopened(_) => CliError::misused(format!(
            "{error}\nNothing was changed. Give the master key that each wants in \
             NOT_MY_KEY_PREVIOUS, or in a file that NOT_MY_KEY_PREVIOUS_FILE names"
        )),
        _ => error.into(),
    }
}
