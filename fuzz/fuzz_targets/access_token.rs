//! Of all texts only the token that the key signed is accepted, as it was issued.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signet::crypto::access_token::verify;
use signet_fuzz::signing::{KEY, TOKEN};

fuzz_target!(|text: &str| {
    // Mutations come to know it by this word.
    let text = text.replace("TOKEN", &TOKEN);
    let verified = verify(&text, |kid| (kid == KEY.kid()).then(|| KEY.verifying_key()));
    assert_eq!(verified.is_ok(), text == *TOKEN, "{text}");
});
