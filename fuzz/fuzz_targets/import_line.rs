//! A line is taken or refused with a reason, and a refusal shows no hash.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signet::usecases::accounts::UserRecord;

fuzz_target!(|line: &[u8]| {
    if let Err(refused) = UserRecord::parse(line) {
        assert!(!refused.reason.is_empty());
        assert!(!refused.reason.contains("$2b$10$"), "{}", refused.reason);
    }
});
