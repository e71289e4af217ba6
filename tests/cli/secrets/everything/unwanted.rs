//! What must not be found in a log, in all its spellings.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::Value;

/// What must not be found.
#[derive(Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    pub fn add(&mut self, secret: &str) -> String {
        assert!(secret.len() >= 6, "{secret}");
        self.0.push(secret.to_owned());
        secret.to_owned()
    }

    /// A member of an answer.
    pub fn take(&mut self, answer: &Value, member: &str) -> String {
        let secret = answer[member].as_str();
        self.add(secret.unwrap_or_else(|| panic!("{member}: {answer}")))
    }

    /// In the spellings that bytes have: base64, hexadecimal, and Rust's own.
    pub fn add_bytes(&mut self, bytes: &[u8]) {
        // A part of it is no less secret: a line of PEM is one, and so is a number within
        // a key, whose base64 begins at any of three places.
        for part in bytes.windows(12).step_by(4) {
            self.add(&BASE64_STANDARD_NO_PAD.encode(part));
            self.add(&BASE64_URL_SAFE_NO_PAD.encode(part));
            self.add(&hex::encode(part));
            self.add(&hex::encode_upper(part));
            let list = format!("{part:?}");
            self.add(list.trim_matches(['[', ']']));
        }
    }

    pub fn assert_not_in(&self, log: &str) {
        for secret in &self.0 {
            let found = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(found, None, "{secret}");
            // A token that is cut short is none, and its signature is enough.
            let last = secret.rsplit('.').next().unwrap();
            if last.len() >= 24 {
                assert!(!log.contains(&last[..24]), "the beginning of {last}");
            }
        }
    }
}
