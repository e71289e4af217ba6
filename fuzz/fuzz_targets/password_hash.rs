//! What reads as a password hash is written as it was read, and costs what a login
//! may cost.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signet::domain::{ImportedHash, PasswordHash};

fuzz_target!(|text: &str| {
    if let Ok(hash) = text.parse::<PasswordHash>() {
        let written = hash.to_string();
        assert_eq!(
            written.parse::<PasswordHash>().as_ref(),
            Ok(&hash),
            "{written}"
        );
    }
    if let Ok(hash) = text.parse::<ImportedHash>() {
        let written = hash.to_string();
        assert_eq!(
            written.parse::<ImportedHash>().as_ref(),
            Ok(&hash),
            "{written}"
        );
        if let ImportedHash::Argon2(hash) = hash {
            assert!(ImportedHash::check_cost(hash.params()).is_ok());
        }
    }
});
