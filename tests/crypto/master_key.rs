use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use signet::crypto::MasterKey;

fn id(key: [u8; 32]) -> String {
    MasterKey::from_bytes(key).id().to_string()
}

fn parsed_id(text: &str) -> String {
    MasterKey::parse(text).unwrap().id().to_string()
}

proptest! {
    #[test]
    fn every_accepted_form_of_one_key_is_the_same_key(key: [u8; 32]) {
        for text in [
            hex::encode(key),
            hex::encode_upper(key),
            BASE64_STANDARD.encode(key),
            BASE64_STANDARD_NO_PAD.encode(key),
            BASE64_URL_SAFE.encode(key),
            BASE64_URL_SAFE_NO_PAD.encode(key),
            MasterKey::from_bytes(key).to_text().to_string(),
        ] {
            prop_assert_eq!(parsed_id(&text), id(key));
        }
    }

    #[test]
    fn text_of_32_bytes_is_the_key_itself(text in "[ -~]{32}") {
        prop_assert_eq!(parsed_id(&text), id(text.as_bytes().try_into().unwrap()));
    }

    #[test]
    fn text_of_any_other_length_is_refused_without_being_repeated(text in "[a-zA-Z0-9]{0,200}") {
        prop_assume!(![32, 43, 44, 64].contains(&text.len()));
        let error = MasterKey::parse(&text).unwrap_err().to_string();
        prop_assert!(text.len() < 4 || !error.contains(&text));
    }
}

#[test]
fn text_of_the_right_length_that_does_not_decode_is_refused() {
    for text in [
        "g".repeat(64),
        "*".repeat(43),
        "*".repeat(44),
        // Both alphabets at once.
        format!("+-{}", "A".repeat(41)),
        // 43 digits whose last one has bits beyond the 256th.
        format!("{}B", "A".repeat(42)),
        // 44 digits hold 33 bytes.
        "A".repeat(44),
    ] {
        let error = MasterKey::parse(&text).unwrap_err().to_string();
        assert!(error.contains("does not decode"), "{error}");
    }
}

#[test]
fn debug_output_shows_the_id_alone() {
    let key = MasterKey::from_bytes(*b"0123456789abcdef0123456789abcdef");
    assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
}

#[test]
fn keys_and_passwords_are_wiped_when_they_are_dropped() {
    fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
    is_wiped::<MasterKey>();
    is_wiped::<signet::crypto::PrivateKey>();
    is_wiped::<signet::domain::Password>();
}
