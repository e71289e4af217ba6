use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::SecondsFormat;
use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::rfc3339;
use crate::{
    cli::{
        error::CliError,
        other_master_key::OtherMasterKey,
        session::{Session, report},
    },
    config::Sources,
    crypto::pem,
    domain::{KeyId, KeyLife, KeySet, KeyTimings, SigningAlgorithm, StoredKey, Timestamp},
    usecases::{
        Initiator,
        keys::{ImportAs, ImportError, KeysError},
    },
};

pub(super) const EXAMPLES: &str = "\
Examples:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet keys import --pem old.pem --kid 2024-01
  NOT_MY_KEY_FILE=/etc/signet/master.key signet keys import --pem old.pem --kid 2024-01 \\
      --retired --token-lifetime 12h";

#[derive(Args)]
pub(in crate::cli) struct ImportArgs {
    /// The file that holds the private key, not encrypted
    #[arg(long, value_name = "FILE")]
    pem: PathBuf,
    /// The id that its tokens carry; by default the RFC 7638 thumbprint
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    kid: Option<KeyId>,
    /// Only verify what the key signed elsewhere; otherwise it signs next
    #[arg(long)]
    retired: bool,
    /// How long the tokens live that it signed elsewhere
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "1day",
        value_parser = token_lifetime
    )]
    token_lifetime: Duration,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    other_master_key: OtherMasterKey,
}

pub(super) async fn run(sources: &Sources, args: &ImportArgs) -> Result<(), CliError> {
    let file = args.pem.display();
    let text = read(&args.pem)
        .map_err(|error| CliError::misused(format!("cannot read {file}: {error}")))?;
    let imported = pem::read_private_key(&text)
        .map_err(|error| CliError::misused(format!("{file}: {error}")))?;
    let (session, master_keys) =
        Session::open_to_make_keys(sources, args.other_master_key, |_| false).await?;
    let import = session.ports.import_key(&session.config, &master_keys);
    let algorithm = choose(import.maker.algorithm, imported.key_type.algorithms())
        .ok_or_else(|| CliError::misused(format!("{file}: the key signs nothing that is known")))?;
    let token_lifetime = args.token_lifetime;
    let import_as = if args.retired {
        ImportAs::Retired { token_lifetime }
    } else {
        ImportAs::Next { token_lifetime }
    };
    let key = import
        .run(
            &Initiator::command_line(),
            &imported.private_key,
            algorithm,
            args.kid.clone(),
            import_as,
        )
        .await
        .map_err(refusal)?;
    let set = session.keys().load().await.map_err(KeysError::from)?;
    let (timings, follow) = (session.config.key_timings, session.servers_follow());
    session.close().await?;
    report(
        args.json,
        &for_scripts(&key, &set, timings),
        &format!("{} {follow}", outcome(&key, &set, timings)),
        &format!(
            "Key {} is imported: `signet keys list` shows it",
            key.record.kid
        ),
    )
}

/// The file, as far as it can be one of keys: a wrong path may lead to anything.
fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    const MOST: usize = 1024 * 1024;
    // With its final capacity: a string that grows leaves copies of the key behind.
    let mut text = Zeroizing::new(String::with_capacity(MOST + 1));
    let most = u64::try_from(MOST + 1).unwrap_or(u64::MAX);
    if File::open(path)?.take(most).read_to_string(&mut text)? > MOST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

/// The configured algorithm where the key can do it, else the first it can.
fn choose(
    configured: SigningAlgorithm,
    algorithms: &[SigningAlgorithm],
) -> Option<SigningAlgorithm> {
    if algorithms.contains(&configured) {
        Some(configured)
    } else {
        algorithms.first().copied()
    }
}

fn token_lifetime(text: &str) -> Result<Duration, String> {
    let lifetime =
        humantime::parse_duration(text).map_err(|e| format!("{e} (like 15m or 1day)"))?;
    if (Duration::from_secs(1)..=KeyLife::LONGEST_LIFETIME).contains(&lifetime) {
        Ok(lifetime)
    } else {
        Err("expected 1s to ten years".to_owned())
    }
}

fn outcome(key: &StoredKey, set: &KeySet, timings: KeyTimings) -> String {
    let StoredKey { record, life, .. } = key;
    let imported = format!("Imported {} ({})", record.kid, record.algorithm.as_str());
    match life.may_expire_from(timings) {
        Some(until) => format!(
            "{imported} to verify only: it is published until {}.",
            rfc3339(until)
        ),
        None => format!(
            "{imported} as the next key, in place of the one that was to sign next. It is published from now on and may sign from {}: `signet keys rotate` lets \
             it, and a server does when the rotation is due.",
            rfc3339(set.may_sign_from(key, timings))
        ),
    }
}

fn for_scripts(key: &StoredKey, set: &KeySet, timings: KeyTimings) -> Value {
    let exact = |time: Timestamp| time.to_rfc3339_opts(SecondsFormat::Micros, true);
    let until = key.life.may_expire_from(timings);
    let signs = until.is_none().then(|| set.may_sign_from(key, timings));
    json!({
        "kid": key.record.kid.as_str(),
        "algorithm": key.record.algorithm.as_str(),
        "state": key.life.state.as_str(),
        "may_sign_from": signs.map(exact),
        "published_until": until.map(exact),
    })
}

fn refusal(error: ImportError) -> CliError {
    match error {
        ImportError::Reserved(kid) => CliError::misused(format!(
            "nothing was changed: a key cannot have the id {kid}, because `DELETE /admin/keys/{kid}` \
             could not revoke it. Give it another one with --kid"
        )),
        ImportError::Exists(kid) => CliError::refused(format!(
            "there is a signing key {kid} already, and `signet keys list` shows its state. If the \
             file holds another key, give it another id with --kid"
        )),
        ImportError::SameKey(kid) => CliError::refused(format!(
            "nothing was changed: the file holds the signing key {kid}, which is there already or \
             was, and `signet keys list` shows its state. One key under two ids could not be \
             revoked by one of them"
        )),
        ImportError::Keys(error) => error.into(),
    }
}
