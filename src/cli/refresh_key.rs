use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    error::CliError,
    other_master_key::OtherMasterKey,
    session::{Session, report},
};
use crate::{
    config::Sources,
    domain::SealedKeyId,
    usecases::{
        Initiator,
        keys::{FormerKeys, NewRefreshKey},
    },
};

pub(super) const EXAMPLES: &str = "\
Examples:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet refresh-key rotate
  NOT_MY_KEY_FILE=/etc/signet/master.key signet refresh-key revoke --yes";

const ROTATE: &str = "\
Servers do it by themselves, as often as signing keys rotate; this is for doing it early.

Example:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet refresh-key rotate";

const REVOKE: &str = "\
For a refresh key that may be known to others: every refresh token that exists is refused from now
on, and users log in again. Access tokens go on until they expire.

Example:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet refresh-key revoke --yes";

#[derive(Subcommand)]
pub(super) enum RefreshKeyCommand {
    /// Make another key for refresh tokens; those that exist stay valid
    #[command(after_help = ROTATE)]
    Rotate(NewKeyArgs),
    /// Replace all keys for refresh tokens, because one leaked: all refresh tokens die
    #[command(after_help = REVOKE)]
    Revoke {
        /// Do not ask: for scripts
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        new_key: NewKeyArgs,
    },
}

#[derive(Args, Clone, Copy)]
pub(super) struct NewKeyArgs {
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    other_master_key: OtherMasterKey,
}

pub(super) async fn run(sources: &Sources, command: &RefreshKeyCommand) -> Result<(), CliError> {
    let (former, args) = match *command {
        RefreshKeyCommand::Rotate(args) => (FormerKeys::Keep, args),
        RefreshKeyCommand::Revoke { yes: true, new_key } => (FormerKeys::Delete, new_key),
        RefreshKeyCommand::Revoke { yes: false, .. } => {
            return Err(CliError::misused(
                "every refresh token dies and users log in again: say --yes to do it",
            ));
        }
    };
    let goes =
        |key: &SealedKeyId| former == FormerKeys::Delete && matches!(key, SealedKeyId::Refresh(_));
    let (session, master_keys) =
        Session::open_to_make_keys(sources, args.other_master_key, goes).await?;
    let rotate = session
        .ports
        .rotate_refresh_key(&session.config, &master_keys);
    let NewRefreshKey {
        id,
        signs_from,
        deleted,
    } = rotate.run(&Initiator::command_line(), former).await?;
    let follow = session.servers_follow();
    session.close().await?;
    let from = signs_from.to_rfc3339_opts(SecondsFormat::Secs, true);
    let for_people = match former {
        FormerKeys::Keep => format!(
            "Refresh key {id} makes tokens from {from}, when every server has read it. The former \
             ones still check theirs."
        ),
        FormerKeys::Delete => format!(
            "Refresh key {id} makes tokens now; {deleted} former ones are deleted and their tokens \
             are refused by every server that has reread the keys. {follow}"
        ),
    };
    report(
        args.json,
        &json!({
            "id": id.to_string(),
            "signs_from": signs_from.to_rfc3339_opts(SecondsFormat::Micros, true),
            "deleted": deleted,
        }),
        &for_people,
        &format!(
            "Refresh key {id} makes tokens from {from}, and {deleted} former ones are deleted: \
             `signet doctor` checks it"
        ),
    )
}
