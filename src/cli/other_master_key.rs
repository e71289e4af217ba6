use clap::Args;

use super::error::CliError;
use crate::domain::{KeySet, MasterKeyId, SealedKeyId};

/// A key that a command makes is sealed under its current master key, which
/// servers may lack where stored keys want another one.
#[derive(Args, Clone, Copy)]
pub(super) struct OtherMasterKey {
    /// Go on although stored keys want another master key than the one that is made
    #[arg(long)]
    other_master_key: bool,
}

impl OtherMasterKey {
    /// `goes`: keys that the command deletes, which need not open.
    pub(super) fn check(
        self,
        set: &KeySet,
        current: MasterKeyId,
        goes: impl Fn(&SealedKeyId) -> bool,
    ) -> Result<(), CliError> {
        let others: Vec<_> = set
            .sealed()
            .filter(|(key, envelope)| !goes(key) && envelope.master_key_id != current)
            .map(|(key, envelope)| format!("\n  {key}: {}", envelope.master_key_id))
            .collect();
        if self.other_master_key || others.is_empty() {
            return Ok(());
        }
        Err(CliError::misused(format!(
            "nothing was changed. The key that is made is sealed under master key {current}, and \
             these keys under another one:{}\nServers that were not started with {current} cannot \
             open the new key, and stop signing. Give the master key that the servers run with, or \
             run `signet master-key rotate` first, or say --other-master-key",
            others.concat()
        )))
    }
}
