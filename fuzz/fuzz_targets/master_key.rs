//! Whatever reads as a master key can be written, and reads as the same one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signet::crypto::MasterKey;

fuzz_target!(|text: &str| {
    match MasterKey::parse(text) {
        Ok(key) => {
            let again = MasterKey::parse(&key.to_text()).expect("its own form");
            assert_eq!(again.id(), key.id());
        }
        // It tells of the text's length and of nothing else.
        Err(error) => {
            let other = MasterKey::parse(&"~".repeat(text.len())).expect_err("no key");
            assert_eq!(error, other);
        }
    }
});
