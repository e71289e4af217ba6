use super::report::{Check, reason};
use crate::{config::MasterKeySource, crypto::MasterKeys};

/// The master keys, by their ids.
pub(super) fn check(source: &MasterKeySource) -> (Option<MasterKeys>, Vec<Check>) {
    let keys = match source.read() {
        Ok(keys) => keys,
        Err(error) => {
            let advice = "give the master key that the server runs with";
            return (None, vec![Check::fail("master key", reason(error), advice)]);
        }
    };
    let mut ids = keys.ids();
    let current = ids.next().map(|id| format!("given, its id is {id}"));
    let previous: Vec<_> = ids.map(|id| id.to_string()).collect();
    let mut checks: Vec<_> = current
        .map(|found| Check::ok("master key", found))
        .into_iter()
        .collect();
    if !previous.is_empty() {
        let found = format!("given, by their ids: {}", previous.join(", "));
        checks.push(Check::ok("previous master keys", found));
    }
    (Some(keys), checks)
}
