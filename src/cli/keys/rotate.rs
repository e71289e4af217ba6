use chrono::SecondsFormat;
use clap::Args;
use serde_json::json;

use super::rfc3339;
use crate::{
    cli::{
        error::CliError,
        other_master_key::OtherMasterKey,
        session::{Session, print_json, report},
    },
    config::Sources,
    domain::{KeyId, SigningAlgorithm, Timestamp},
    usecases::{Initiator, keys::Rotation},
};

pub(super) const EXAMPLES: &str = "\
Servers rotate by themselves; this is for doing it early. Run it with the servers' settings.

Exit codes: 0 done; 1 not before the time that is printed; 2 something was given wrong; 3 the
database or the machine failed.

Examples:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet keys rotate
  NOT_MY_KEY_FILE=/etc/signet/master.key signet keys rotate --algorithm RS256";

#[derive(Args)]
pub(in crate::cli) struct RotateArgs {
    /// What to sign with: a next key of another algorithm is replaced now
    #[arg(long, value_name = "ALGORITHM")]
    algorithm: Option<SigningAlgorithm>,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    other_master_key: OtherMasterKey,
}

pub(super) async fn run(sources: &Sources, args: &RotateArgs) -> Result<(), CliError> {
    let (session, master_keys) =
        Session::open_to_make_keys(sources, args.other_master_key, |_| false).await?;
    let rotate = session.ports.rotate_keys(&session.config, &master_keys);
    let by = Initiator::command_line();
    let rotation = rotate.run(&by, args.algorithm).await?;
    let follow = session.servers_follow();
    session.close().await?;
    match rotation {
        Rotation::Done {
            retired,
            active,
            next,
        } => report(
            args.json,
            &json!({
                "active": active.as_str(),
                "retired": retired.as_str(),
                "next": next.as_str(),
            }),
            &format!(
                "Key {active} signs now in place of {retired}, which stays published until its \
                 tokens have expired. {follow}"
            ),
            &format!("Key {active} signs now: `signet keys list` shows all"),
        ),
        Rotation::NotBefore {
            next, replaced, at, ..
        } => {
            let refused = not_before(&next, at, replaced.as_ref(), args);
            if args.json {
                print_json(&json!({
                    "next": next.as_str(),
                    "replaced": replaced.as_ref().map(KeyId::as_str),
                    "may_sign_from": at.to_rfc3339_opts(SecondsFormat::Micros, true),
                }))
                .map_err(|error| error.although(&refused.to_string()))?;
            }
            Err(refused)
        }
    }
}

fn not_before(
    next: &KeyId,
    at: Timestamp,
    replaced: Option<&KeyId>,
    args: &RotateArgs,
) -> CliError {
    let at = rfc3339(at);
    let algorithm = args.algorithm.map(SigningAlgorithm::as_str);
    let changed = match replaced {
        Some(former) => {
            format!("the next key is now {next}, published from now on in place of {former}. It")
        }
        None => format!("nothing was changed: the next key {next}"),
    };
    let option = algorithm.map_or_else(String::new, |name| format!(" --algorithm {name}"));
    CliError::refused(format!(
        "{changed} may sign from {at}, when every verifier knows it. Run \
         `signet keys rotate{option}` again then, or let a server do it when the rotation is due"
    ))
}
