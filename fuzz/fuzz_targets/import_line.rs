//! A line is taken or refused with a reason, and a refusal shows no hash.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use signet::usecases::accounts::UserRecord;

fuzz_target!(|line: &[u8]| {
    let Err(refused) = UserRecord::parse(line) else {
        return;
    };
    assert!(!refused.reason.is_empty());
    let fields: Value = serde_json::from_slice(line).unwrap_or_default();
    // A shorter one may be a part of any message.
    let hash = fields["password_hash"]
        .as_str()
        .filter(|hash| hash.len() > 32);
    assert!(
        hash.is_none_or(|hash| !refused.reason.contains(hash)),
        "{}",
        refused.reason
    );
});
