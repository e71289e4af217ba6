use clap::{Args, ValueEnum};
use jsonwebtoken::jwk::Jwk;

use super::unknown;
use crate::{
    cli::{
        error::CliError,
        session::{Session, no_keys_yet, print},
    },
    config::Sources,
    crypto::{jwks::JwksDocument, spki::public_key_pem},
    domain::{KeyId, KeySet, KeyState, StoredKey},
    usecases::keys::KeysError,
};

pub(super) const EXAMPLES: &str = "\
Prints public parts only, as the database holds them, and so needs no master key. Whoever can write
to the database can change them there: `signet doctor`, which has the master key, compares them with
the private keys. Servers publish what they derive from the private keys themselves.

Examples:
  signet keys export --format jwks > jwks.json
  signet keys export --format pem | openssl pkey -pubin -text -noout";

#[derive(Args)]
pub(in crate::cli) struct ExportArgs {
    /// A JWK set, or PEM (RFC 7468 §13)
    #[arg(long, value_enum)]
    format: Format,
    /// Only this key; by default jwks prints all published keys, pem the active one
    #[arg(allow_hyphen_values = true)]
    kid: Option<KeyId>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Jwks,
    Pem,
}

pub(super) async fn run(sources: &Sources, args: &ExportArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let set = session.keys().load().await.map_err(KeysError::from)?;
    session.close().await?;
    if set.keys().is_empty() {
        return Err(no_keys_yet());
    }
    match args.format {
        Format::Jwks => {
            let keys = chosen(&set, args.kid.as_ref())?;
            let jwks: Vec<Jwk> = keys.into_iter().map(jwk_of).collect::<Result<_, _>>()?;
            let document = JwksDocument::render(jwks).map_err(CliError::failure)?;
            print(document.json())
        }
        Format::Pem => {
            let key = match &args.kid {
                Some(kid) => published(&set, kid)?,
                None => set
                    .in_state(KeyState::Active)
                    .ok_or(KeysError::Missing("active"))?,
            };
            print(&public_key_pem(&jwk_of(key)?).map_err(CliError::failure)?)
        }
    }
}

fn chosen<'a>(set: &'a KeySet, kid: Option<&KeyId>) -> Result<Vec<&'a StoredKey>, CliError> {
    match kid {
        Some(kid) => Ok(vec![published(set, kid)?]),
        None => Ok(set
            .keys()
            .iter()
            .filter(|key| key.life.state != KeyState::Expired)
            .collect()),
    }
}

/// A key that verifiers may trust.
fn published<'a>(set: &'a KeySet, kid: &KeyId) -> Result<&'a StoredKey, CliError> {
    let key = set.get(kid).ok_or_else(|| unknown(kid))?;
    if key.life.state == KeyState::Expired {
        return Err(CliError::refused(format!(
            "signing key {kid} has expired: no one is to trust it any more"
        )));
    }
    Ok(key)
}

/// The typed form, which has no private members.
fn jwk_of(key: &StoredKey) -> Result<Jwk, CliError> {
    serde_json::from_str(&key.public_jwk).map_err(|error| {
        CliError::refused(format!(
            "the stored public key of {} cannot be read: {error}",
            key.record.kid
        ))
    })
}
