use signet::domain::{AccountStatus, KeyId, KeyState, MasterKeyId, RsaKeySize, SigningAlgorithm};

#[test]
fn every_stored_name_reads_back_as_its_value() {
    for status in [AccountStatus::Active, AccountStatus::Disabled] {
        assert_eq!(status.as_str().parse(), Ok(status));
    }
    for state in [KeyState::Next, KeyState::Active, KeyState::Retired, KeyState::Expired] {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert_eq!(
        SigningAlgorithm::Rs256.as_str().parse(),
        Ok(SigningAlgorithm::Rs256)
    );
}

#[test]
fn other_names_are_refused() {
    assert!("Active".parse::<AccountStatus>().is_err());
    assert!("signing".parse::<KeyState>().is_err());
    assert!("none".parse::<SigningAlgorithm>().is_err());
    assert!("HS256".parse::<SigningAlgorithm>().is_err());
}

#[test]
fn a_key_id_is_visible_ascii() {
    assert!(
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
            .parse::<KeyId>()
            .is_ok()
    );
    for text in ["", "a b", "a\n", "ü", &"a".repeat(257)] {
        assert!(text.parse::<KeyId>().is_err(), "{text:?}");
    }
}

#[test]
fn a_master_key_id_is_16_hex_digits() {
    let id: MasterKeyId = "0123456789abcdef".parse().unwrap();
    assert_eq!(id.to_string(), "0123456789abcdef");
    for text in [
        "",
        "0123456789abcde",
        "0123456789abcdef0",
        "0123456789abcdeg",
    ] {
        assert!(text.parse::<MasterKeyId>().is_err(), "{text:?}");
    }
}

#[test]
fn rsa_keys_have_2048_3072_or_4096_bits() {
    for bits in [2048, 3072, 4096] {
        assert_eq!(RsaKeySize::from_bits(bits).unwrap().bits(), bits);
    }
    for bits in [0, 512, 1024, 2047, 8192] {
        assert_eq!(RsaKeySize::from_bits(bits), None);
    }
}
