//! A file holds a key that can sign, or is refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signet::crypto::pem::read_private_key;

fuzz_target!(|text: &str| {
    if let Err(error) = read_private_key(text) {
        assert!(!error.to_string().is_empty());
    }
});
