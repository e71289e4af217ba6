use std::{fs, path::PathBuf, time::Duration};

use clap::Args;
use zeroize::Zeroizing;

use super::rfc3339;
use crate::{
    cli::{
        error::CliError,
        session::{Session, print},
    },
    config::Sources,
    crypto::pem,
    domain::{KeyId, KeyLife, KeyTimings, SigningAlgorithm, StoredKey},
    usecases::keys::{ImportAs, ImportError},
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
        requires = "retired",
        value_parser = token_lifetime
    )]
    token_lifetime: Duration,
}

pub(super) async fn run(sources: &Sources, args: &ImportArgs) -> Result<(), CliError> {
    let file = args.pem.display();
    let text = fs::read_to_string(&args.pem)
        .map(Zeroizing::new)
        .map_err(|error| CliError::misused(format!("cannot read {file}: {error}")))?;
    let imported = pem::read_private_key(&text)
        .map_err(|error| CliError::misused(format!("{file}: {error}")))?;
    let (session, master_keys) = Session::open_to_make_keys(sources).await?;
    let import = session.ports.import_key(&session.config, &master_keys);
    let algorithm = choose(import.maker.algorithm, imported.key_type.algorithms())
        .ok_or_else(|| CliError::misused(format!("{file}: the key signs nothing that is known")))?;
    let import_as = if args.retired {
        ImportAs::Retired {
            token_lifetime: args.token_lifetime,
        }
    } else {
        ImportAs::Next
    };
    let key = import
        .run(
            &imported.private_key,
            algorithm,
            args.kid.clone(),
            import_as,
        )
        .await
        .map_err(refusal)?;
    let (timings, follow) = (session.config.key_timings, session.servers_follow());
    session.close().await?;
    print(&format!("{} {follow}", outcome(&key, timings)))
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

fn outcome(key: &StoredKey, timings: KeyTimings) -> String {
    let StoredKey { record, life, .. } = key;
    let imported = format!("Imported {} ({})", record.kid, record.algorithm.as_str());
    match life.may_expire_from(timings) {
        Some(until) => format!(
            "{imported} to verify only: it is published until {}.",
            rfc3339(until)
        ),
        None => format!(
            "{imported} as the next key, in place of the one that was to sign next and never \
             signed. It is published from now on and may sign from {}: `signet keys rotate` lets \
             it, and a server does when the rotation is due.",
            rfc3339(life.may_sign_from(timings))
        ),
    }
}

fn refusal(error: ImportError) -> CliError {
    match error {
        ImportError::Exists(kid) => CliError::refused(format!(
            "there is a signing key {kid} already, and `signet keys list` shows its state. If the \
             file holds another key, give it another id with --kid"
        )),
        ImportError::Keys(error) => error.into(),
    }
}
