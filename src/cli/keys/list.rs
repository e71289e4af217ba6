use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;

use super::rfc3339;
use crate::{
    cli::{
        error::CliError,
        session::{Session, print_empty, print_json, write},
        style::{FORMER, GONE, GOOD, WAITING},
        table::{Cell, List},
    },
    config::Sources,
    domain::{KeySet, KeyState, KeyTimings, StoredKey, Timestamp},
    usecases::keys::KeysError,
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. Into a pipe or a file goes one line for each key, with tabs between its fields
and no headings. The times ahead follow from the settings: run it with the servers' ones.

Example:
  signet keys list --json | jq -r '.[] | select(.state == \"active\").kid'";

#[derive(Args)]
pub(in crate::cli) struct ListArgs {
    /// Print a JSON array with all dates, for scripts
    #[arg(long)]
    json: bool,
}

/// A key as scripts read it. Times are in RFC 3339.
#[derive(Serialize)]
struct ListedKey<'a> {
    kid: &'a str,
    algorithm: &'static str,
    state: &'static str,
    published_at: String,
    activated_at: Option<String>,
    retired_at: Option<String>,
    expired_at: Option<String>,
    tokens_expire_at: Option<String>,
    master_key_id: Option<String>,
}

pub(super) async fn run(sources: &Sources, args: &ListArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let set = session.keys().load().await.map_err(KeysError::from)?;
    let timings = session.config.key_timings;
    session.close().await?;
    if args.json {
        let keys: Vec<_> = set.keys().iter().map(ListedKey::new).collect();
        print_json(&keys)
    } else if set.keys().is_empty() {
        print_empty("There are no signing keys yet: the first start of `signet serve` makes them.");
        Ok(())
    } else {
        let rows = set.keys().iter().map(|key| row(key, &set, timings));
        write(&List::new(HEADINGS).part(rows))
    }
}

impl<'a> ListedKey<'a> {
    fn new(key: &'a StoredKey) -> Self {
        let exact = |time: Timestamp| time.to_rfc3339_opts(SecondsFormat::Micros, true);
        let sealed = key.sealed.as_ref();
        Self {
            kid: key.record.kid.as_str(),
            algorithm: key.record.algorithm.as_str(),
            state: key.life.state.as_str(),
            published_at: exact(key.life.published_at),
            activated_at: key.life.activated_at.map(exact),
            retired_at: key.life.retired_at.map(exact),
            expired_at: key.life.expired_at.map(exact),
            tokens_expire_at: key.life.tokens_expire_at.map(exact),
            master_key_id: sealed.map(|envelope| envelope.master_key_id.to_string()),
        }
    }
}

const HEADINGS: [&str; 6] = ["KID", "ALGORITHM", "STATE", "SINCE", "THEN", "MASTER KEY"];

fn row(key: &StoredKey, set: &KeySet, timings: KeyTimings) -> [Cell; HEADINGS.len()] {
    let StoredKey { record, life, .. } = key;
    let since = match life.state {
        KeyState::Next => Some(life.published_at),
        KeyState::Active => life.activated_at,
        KeyState::Retired => life.retired_at,
        KeyState::Expired => life.expired_at,
    };
    let what = match life.state {
        KeyState::Next => "may sign from",
        KeyState::Active => "rotates from",
        KeyState::Retired => "published until",
        KeyState::Expired => "",
    };
    let style = match life.state {
        KeyState::Next => WAITING,
        KeyState::Active => GOOD,
        KeyState::Retired => FORMER,
        KeyState::Expired => GONE,
    };
    [
        record.kid.as_str().into(),
        record.algorithm.as_str().into(),
        Cell::new(life.state.as_str(), style),
        since.map(rfc3339).unwrap_or_default().into(),
        (set.leaves_state_from(key, timings))
            .map(|when| format!("{what} {}", rfc3339(when)))
            .unwrap_or_default()
            .into(),
        key.sealed
            .as_ref()
            .map(|envelope| envelope.master_key_id.to_string())
            .unwrap_or_default()
            .into(),
    ]
}
