use chrono::SecondsFormat;
use clap::Args;
use serde_json::json;

use super::{rfc3339, unknown};
use crate::{
    cli::{
        confirm::confirm,
        error::CliError,
        other_master_key::OtherMasterKey,
        session::{Session, print, report},
        standard_error::tell,
    },
    config::Sources,
    crypto::MasterKeys,
    domain::{KeyId, KeySet, KeyState, KeyTimings, LostTokens, SealedKeyId, StoredKey, Timestamp},
    usecases::{
        Initiator,
        keys::{KeysError, RevokeError, Revoked},
    },
};

pub(super) const EXAMPLES: &str = "\
Example:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet keys revoke Jx3cF5bVx0Vt2MsmYpJAhHkpdRwD2kvQzJXgr8ZqWJQ";

#[derive(Args)]
pub(in crate::cli) struct RevokeArgs {
    /// The key's id, as `signet keys list` shows it
    #[arg(allow_hyphen_values = true)]
    kid: KeyId,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    other_master_key: OtherMasterKey,
}

pub(super) async fn run(sources: &Sources, args: &RevokeArgs) -> Result<(), CliError> {
    let (session, master_keys) = Session::open_to_change(sources).await?;
    let revoke = session.ports.revoke_key(&session.config, &master_keys);
    let revoked = loop {
        let was = Some(confirmed(&session, &master_keys, args).await?);
        let by = Initiator::command_line();
        match revoke.run(&by, &args.kid, was).await {
            // What was confirmed is not what would happen.
            Err(RevokeError::Changed { .. }) => {}
            other => break other.map_err(refusal)?,
        }
    };
    let set = session.keys().load().await.map_err(KeysError::from)?;
    let follow = session.servers_follow();
    session.close().await?;
    let known_from =
        (revoked.known_from).map(|from| from.to_rfc3339_opts(SecondsFormat::Micros, true));
    let done = format!("Key {} is revoked", args.kid);
    report(
        args.json,
        &json!({
            "kid": args.kid.as_str(),
            "was": revoked.was.as_str(),
            "signs_now": revoked.signs_now.as_ref().map(KeyId::as_str),
            "known_from": known_from,
        }),
        &format!("{done}. {} {follow}", outcome(&revoked, &set)),
        &format!("{done}: `signet keys list` shows which one signs"),
    )
}

/// Tells what a revocation now means and asks whether that is wanted. Returns
/// the state that it was asked for.
async fn confirmed(
    session: &Session,
    master_keys: &MasterKeys,
    args: &RevokeArgs,
) -> Result<KeyState, CliError> {
    let set = session.keys().load().await.map_err(KeysError::from)?;
    let key = set.get(&args.kid).ok_or_else(|| unknown(&args.kid))?;
    let state = key.life.state;
    if state == KeyState::Expired {
        return Err(expired(&args.kid));
    }
    if state != KeyState::Retired {
        let revoked = SealedKeyId::Signing(args.kid.clone());
        let current = master_keys.current().id();
        (args.other_master_key).check(&set, current, |key| *key == revoked)?;
    }
    let (timings, now) = (session.config.key_timings, session.ports.clock.now());
    let consequences = consequences(key, timings, now);
    if args.json {
        tell(&consequences);
    } else {
        print(&consequences).map_err(|error| {
            error.although("Nothing was changed: run it again where its output can be read")
        })?;
    }
    if !args.yes {
        confirm_revocation(args)?;
    }
    Ok(state)
}

/// Which tokens die.
fn consequences(key: &StoredKey, timings: KeyTimings, now: Timestamp) -> String {
    let kid = &key.record.kid;
    // A server of other settings may have published it for longer.
    let commit_and_skew = KeyTimings::COMMIT_DELAY + timings.clock_skew;
    let published = key.life.publish_ahead.saturating_sub(commit_and_skew);
    let cached = published.max(timings.jwks_max_age + timings.staleness);
    let cached = format!(
        "for up to {} more (SIGNET_JWKS_MAX_AGE + SIGNET_KEY_STALENESS). A server that cannot \
         reread its keys goes on publishing this one to who asks it: stop it.",
        humantime::format_duration(cached)
    );
    let latest_expiry = match key.life.lost_tokens(now, timings) {
        LostTokens::None => {
            return format!(
                "Key {kid} is the next key and never signed: no token dies. Another key is to \
                 sign next. Verifiers that cached the key set may accept what someone else signed \
                 with it {cached}"
            );
        }
        LostTokens::All { latest_expiry } => latest_expiry,
    };
    let last = latest_expiry.map_or_else(String::new, |last| {
        format!(", the latest of which expires at {}", rfc3339(last))
    });
    format!(
        "Key {kid} is {}. All tokens that it signed die{last}. Sessions go on: a refresh token \
         gets its owner another one, and service clients ask for another one. Verifiers that cached the key set may accept them, and whatever else it signed, {cached}",
        key.life.state.as_str()
    )
}

fn confirm_revocation(args: &RevokeArgs) -> Result<(), CliError> {
    confirm(
        "Revoke it?",
        &format!(
            "If that is what you want, run `signet keys revoke {} --yes`",
            args.kid
        ),
    )
}

/// What signs now.
fn outcome(revoked: &Revoked, set: &KeySet) -> String {
    let in_state = |state| {
        set.in_state(state)
            .map_or_else(String::new, |key| key.record.kid.to_string())
    };
    match (&revoked.signs_now, revoked.known_from) {
        (Some(active), None) => format!("Key {active} signs now; every verifier can know it."),
        (Some(active), Some(from)) => format!(
            "Key {active} signs now, earlier than by the rules: every verifier knows it from {}. \
             Until then one that has not fetched the key set again refuses new tokens.",
            rfc3339(from)
        ),
        (None, _) if revoked.was == KeyState::Next => format!(
            "Key {} signs as before; {} is to sign next.",
            in_state(KeyState::Active),
            in_state(KeyState::Next)
        ),
        (None, _) => format!("Key {} signs as before.", in_state(KeyState::Active)),
    }
}

fn refusal(error: RevokeError) -> CliError {
    match error {
        RevokeError::Unknown(kid) => unknown(&kid),
        RevokeError::Expired(kid) => expired(&kid),
        RevokeError::Changed { .. } => CliError::failure(error),
        RevokeError::Keys(error) => error.into(),
    }
}

fn expired(kid: &KeyId) -> CliError {
    CliError::refused(format!(
        "signing key {kid} has expired already: it is not published, and its private part is \
         deleted. There is nothing to do"
    ))
}
