//! What authenticates is what the key issued, letter for letter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use signet::{
    crypto::refresh_token::{RefreshKey, UnverifiedRefreshToken},
    domain::{Generation, RefreshKeyId, SessionId},
};
use uuid::Uuid;

fuzz_target!(|text: &str| {
    let key = RefreshKey::new(RefreshKeyId::new(1), &[7; 32]);
    let issued = key.issue(SessionId::new(Uuid::from_u128(1)), Generation::new(1));
    let text = text.replace("TOKEN", issued.expose());
    if let Some(token) = UnverifiedRefreshToken::parse(&text) {
        assert_eq!(key.authenticates(&token), text == issued.expose(), "{text}");
        let again = key.issue(token.session, token.generation);
        assert!(text == again.expose() || !key.authenticates(&token));
    }
});
