use proptest::prelude::*;
use signet::{
    crypto::refresh_token::{RefreshKey, UnverifiedRefreshToken},
    domain::{Generation, RefreshKeyId, SessionId},
};
use uuid::Uuid;

fn key(id: u32, secret: u8) -> RefreshKey {
    RefreshKey::new(RefreshKeyId::new(id), &[secret; 32])
}

fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

fn issue(key: &RefreshKey) -> String {
    let token = key.issue(session(1), Generation::new(2));
    token.expose().to_owned()
}

#[test]
fn a_token_names_its_key_session_and_generation() {
    let key = key(3, 7);
    let token = UnverifiedRefreshToken::parse(&issue(&key)).unwrap();
    assert_eq!(token.key, RefreshKeyId::new(3));
    assert_eq!(token.session, session(1));
    assert_eq!(token.generation, Generation::new(2));
    assert!(key.authenticates(&token));
}

#[test]
fn a_token_of_the_same_names_is_the_same_token() {
    assert_eq!(issue(&key(3, 7)), issue(&key(3, 7)));
}

#[test]
fn a_key_of_another_secret_or_another_id_does_not_authenticate_it() {
    let token = UnverifiedRefreshToken::parse(&issue(&key(3, 7))).unwrap();
    assert!(!key(3, 8).authenticates(&token));
    assert!(!key(4, 7).authenticates(&token));
}

#[test]
fn what_does_not_have_the_form_is_no_token() {
    let token = issue(&key(3, 7));
    let padded = format!("{token}=");
    let long = format!("{token}AAAA");
    let other_prefix = token.replace("signet_rt_", "signet_at_");
    let megabyte = format!("signet_rt_{}", "A".repeat(1 << 20));
    for text in [
        "",
        "signet_rt_",
        &token[..token.len() - 1],
        &token[1..],
        &padded,
        &long,
        &other_prefix,
        &megabyte,
        "signet_rt_ü",
    ] {
        assert!(UnverifiedRefreshToken::parse(text).is_none());
    }
}

#[test]
fn neither_tokens_nor_keys_print_their_secrets() {
    let key = key(3, 7);
    let token = key.issue(session(1), Generation::new(2));
    assert_eq!(format!("{token:?}"), "RefreshToken([redacted])");
    assert_eq!(format!("{key:?}"), "RefreshKey(3)");
}

proptest! {
    /// Whatever bit is flipped, the token is refused.
    #[test]
    fn an_altered_token_is_not_authentic(index in 0_usize..56, bit in 0_u8..8) {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        let key = key(3, 7);
        let token = issue(&key);
        let encoded = token.strip_prefix("signet_rt_").unwrap();
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap();
        bytes[index] ^= 1 << bit;
        let altered = format!("signet_rt_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let altered = UnverifiedRefreshToken::parse(&altered).unwrap();
        prop_assert!(!key.authenticates(&altered));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(signet_rt_)?\\PC{0,120}") {
        let _ = UnverifiedRefreshToken::parse(&text);
    }
}
