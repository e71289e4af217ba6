use std::io::Write;

use super::error::CliError;
use crate::{adapters::system::OsEntropy, crypto::MasterKey, ports::Entropy};

pub(super) const EXAMPLES: &str = "\
Keep a copy apart from the database: without it nobody opens the signing keys again.

Example:
  (umask 077 && signet keygen > master.key)
  NOT_MY_KEY_FILE=master.key signet serve";

pub(super) fn run() -> Result<(), CliError> {
    let text = new_master_key().to_text();
    writeln!(std::io::stdout(), "{}", text.as_str()).map_err(CliError::unwritten)
}

pub(super) fn new_master_key() -> MasterKey {
    let mut bytes = [0; MasterKey::BYTES];
    OsEntropy.fill(&mut bytes);
    MasterKey::from_bytes(bytes)
}
