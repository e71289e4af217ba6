use proptest::prelude::*;
use signet::{
    crypto::{
        MasterKey, MasterKeys,
        envelope::{self, OpenError, SealingNonces},
        sealed_key,
    },
    domain::{Envelope, KeyRecord, SigningAlgorithm},
};
use zeroize::Zeroizing;

use crate::support::{
    fixtures::{a_time, another_master_key, master_key, master_keys},
    keys::private_key,
};

const CONTEXT: &[u8] = b"context";

fn nonces() -> SealingNonces {
    SealingNonces {
        data_key: Zeroizing::new([7; 32]),
        nonce: [9; 12],
    }
}

fn seal(secret: &[u8]) -> Envelope {
    envelope::seal(secret, CONTEXT, &master_key(), &nonces()).unwrap()
}

fn open(envelope: &Envelope) -> Result<Vec<u8>, OpenError> {
    envelope::open(envelope, CONTEXT, &master_keys()).map(|secret| secret.to_vec())
}

fn record(kid: &str) -> KeyRecord {
    KeyRecord {
        kid: kid.parse().unwrap(),
        algorithm: SigningAlgorithm::Rs256,
        created_at: a_time(),
    }
}

fn sealed_key(kid: &str) -> Envelope {
    sealed_key::seal(&private_key(), &record(kid), &master_key(), &nonces()).unwrap()
}

fn only_another() -> MasterKeys {
    MasterKeys::new(another_master_key(), Vec::new())
}

#[test]
fn an_envelope_holds_a_wrapped_key_of_40_bytes_and_a_tag_of_16() {
    let envelope = seal(b"secret");
    assert_eq!(envelope.format_version, 1);
    assert_eq!(envelope.master_key_id, master_key().id());
    assert_eq!(envelope.wrapped_data_key.len(), 40);
    assert_eq!(envelope.ciphertext.len(), 6 + 16);
}

proptest! {
    #[test]
    fn what_was_sealed_opens_under_the_same_master_key_and_context(secret: Vec<u8>, key: [u8; 32], context: Vec<u8>) {
        let key = MasterKey::from_bytes(key);
        let sealed = envelope::seal(&secret, &context, &key, &nonces()).unwrap();
        let keys = MasterKeys::new(key, Vec::new());
        prop_assert_eq!(envelope::open(&sealed, &context, &keys).unwrap().to_vec(), secret);
    }

    #[test]
    fn no_other_context_opens_it(context: Vec<u8>) {
        prop_assume!(context != CONTEXT);
        let opened = envelope::open(&seal(b"secret"), &context, &master_keys());
        prop_assert_eq!(opened, Err(OpenError::Altered));
    }
}

#[test]
fn each_flipped_byte_of_the_sealed_key_fails_to_open() {
    let sealed = seal(private_key().pkcs8_der());
    assert!(open(&sealed).is_ok());
    for byte in 0..sealed.wrapped_data_key.len() {
        let mut altered = sealed.clone();
        altered.wrapped_data_key[byte] ^= 1;
        assert_eq!(
            open(&altered),
            Err(OpenError::Altered),
            "wrapped key, byte {byte}"
        );
    }
    for byte in 0..sealed.nonce.len() {
        let mut altered = sealed.clone();
        altered.nonce[byte] ^= 1;
        assert_eq!(
            open(&altered),
            Err(OpenError::Altered),
            "nonce, byte {byte}"
        );
    }
    for byte in 0..sealed.ciphertext.len() {
        let mut altered = sealed.clone();
        altered.ciphertext[byte] ^= 1;
        assert_eq!(
            open(&altered),
            Err(OpenError::Altered),
            "ciphertext, byte {byte}"
        );
    }
}

#[test]
fn a_ciphertext_cut_at_any_length_fails_to_open() {
    let sealed = seal(b"a secret");
    for length in 0..sealed.ciphertext.len() {
        let mut cut = sealed.clone();
        cut.ciphertext.truncate(length);
        assert_eq!(open(&cut), Err(OpenError::Altered), "{length} bytes");
    }
}

#[test]
fn another_master_key_is_refused_by_the_id_that_the_envelope_wants() {
    let opened = envelope::open(&seal(b"secret"), CONTEXT, &only_another());
    assert_eq!(opened, Err(OpenError::OtherMasterKey(master_key().id())));
}

#[test]
fn an_envelope_relabelled_for_another_master_key_does_not_open_under_it() {
    let mut relabelled = seal(b"secret");
    relabelled.master_key_id = another_master_key().id();
    let opened = envelope::open(&relabelled, CONTEXT, &only_another());
    assert_eq!(opened, Err(OpenError::Altered));
}

#[test]
fn an_unknown_format_is_named() {
    let mut newer = seal(b"secret");
    newer.format_version = 2;
    assert_eq!(open(&newer), Err(OpenError::UnknownFormat(2)));
}

#[test]
fn a_signing_key_opens_under_its_own_record() {
    let opened = sealed_key::open(&sealed_key("kid"), &record("kid"), &master_keys()).unwrap();
    assert_eq!(opened.pkcs8_der(), private_key().pkcs8_der());
}

#[test]
fn a_signing_key_copied_or_swapped_under_another_kid_does_not_open() {
    let opened = sealed_key::open(&sealed_key("kid"), &record("other"), &master_keys());
    assert_eq!(opened.unwrap_err(), OpenError::Altered);
}

#[test]
fn a_signing_key_with_another_creation_time_does_not_open() {
    let mut moved = record("kid");
    moved.created_at += chrono::TimeDelta::microseconds(1);
    let opened = sealed_key::open(&sealed_key("kid"), &moved, &master_keys());
    assert_eq!(opened.unwrap_err(), OpenError::Altered);
}

#[test]
fn a_previous_master_key_opens_what_it_sealed() {
    let keys = MasterKeys::new(another_master_key(), vec![master_key()]);
    assert!(envelope::open(&seal(b"secret"), CONTEXT, &keys).is_ok());
}

#[test]
fn a_rewrapped_envelope_opens_under_the_current_master_key_alone() {
    let sealed = seal(b"secret");
    let keys = MasterKeys::new(another_master_key(), vec![master_key()]);
    let rewrapped = envelope::rewrap(&sealed, &keys).unwrap();
    assert_eq!(rewrapped.master_key_id, another_master_key().id());
    assert_eq!(rewrapped.ciphertext, sealed.ciphertext);
    assert!(envelope::open(&rewrapped, CONTEXT, &only_another()).is_ok());
    let opened = open(&rewrapped);
    assert_eq!(
        opened,
        Err(OpenError::OtherMasterKey(another_master_key().id()))
    );
}

#[test]
fn what_is_sealed_is_not_decrypted_to_rewrap_it() {
    let mut sealed = seal(b"secret");
    sealed.ciphertext = b"nothing that opens".to_vec();
    let keys = MasterKeys::new(another_master_key(), vec![master_key()]);
    let rewrapped = envelope::rewrap(&sealed, &keys).unwrap();
    assert_eq!(rewrapped.ciphertext, sealed.ciphertext);
    assert!(envelope::open(&rewrapped, CONTEXT, &keys).is_err());
}

#[test]
fn an_envelope_of_an_unknown_master_key_is_not_rewrapped() {
    let rewrapped = envelope::rewrap(&seal(b"secret"), &only_another());
    assert_eq!(rewrapped, Err(OpenError::OtherMasterKey(master_key().id())));
}
