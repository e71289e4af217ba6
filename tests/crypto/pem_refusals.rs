//! What is refused as a private key, and with which words.

use aws_lc_rs::{
    encoding::AsDer,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair},
};
use getrandom::SysRng;
use proptest::prelude::*;
use rsa::pkcs8::{
    EncodePrivateKey,
    der::pem::{LineEnding, encode_string},
};
use signet::crypto::{
    KeyType, PrivateKey, UnsupportedKeyType,
    pem::{self, PemError},
};
use zeroize::Zeroizing;

use super::pem::{ED25519_PUBLIC, ED25519_V1, P256_SEC1, pkcs1_pem, pkcs8_pem};
use crate::support::keys::private_key;

fn refusal(text: &str) -> PemError {
    pem::read_private_key(text).unwrap_err()
}

fn labelled(label: &str, der: &[u8]) -> String {
    encode_string(label, LineEnding::LF, der).unwrap()
}

fn rsa_key(bits: usize) -> PrivateKey {
    let key = rsa::PrivateKey::new(&mut SysRng, bits).unwrap();
    let der = key.to_pkcs8_der().unwrap();
    PrivateKey::from_pkcs8_der(Zeroizing::new(der.as_bytes().to_vec()))
}

#[test]
fn what_holds_no_pem() {
    let der_as_text = String::from_utf8_lossy(private_key().pkcs8_der()).into_owned();
    for text in ["", "a password", "-----BEGIN PRIVATE KEY", &der_as_text] {
        assert_eq!(refusal(text), PemError::NoPem, "{text}");
    }
}

#[test]
fn an_encrypted_key() {
    let pkcs8 = labelled("ENCRYPTED PRIVATE KEY", b"sealed");
    let old = pkcs1_pem(&private_key()).replacen(
        "KEY-----\n",
        "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n",
        1,
    );
    for text in [pkcs8, old] {
        assert_eq!(refusal(&text), PemError::Encrypted);
    }
    assert!(PemError::Encrypted.to_string().contains("decrypt it"));
}

#[test]
fn a_public_key_or_a_certificate_by_its_label() {
    let certificate = labelled("CERTIFICATE", b"signed");
    for (text, label) in [
        (ED25519_PUBLIC, "PUBLIC KEY"),
        (&certificate, "CERTIFICATE"),
        (&labelled("RSA PUBLIC KEY", b"n, e"), "RSA PUBLIC KEY"),
    ] {
        assert_eq!(refusal(text), PemError::NoPrivateKey(label.to_owned()));
        assert!(refusal(text).to_string().contains(label));
    }
}

#[test]
fn rsa_keys_below_2048_bits_with_their_size() {
    for bits in [1024, 2040] {
        let key = rsa_key(bits);
        for text in [pkcs8_pem(&key), pkcs1_pem(&key)] {
            assert_eq!(refusal(&text), PemError::RsaTooSmall(bits));
            assert!(refusal(&text).to_string().contains(&bits.to_string()));
        }
    }
}

#[test]
fn another_curve_by_its_name() {
    let key = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let pkcs8 = labelled("PRIVATE KEY", key.to_pkcs8v1().unwrap().as_ref());
    let sec1 = labelled(
        "EC PRIVATE KEY",
        key.private_key().as_der().unwrap().as_ref(),
    );
    for text in [pkcs8, sec1] {
        let curve = UnsupportedKeyType::Curve("P-384".to_owned());
        assert_eq!(refusal(&text), PemError::Unsupported(curve));
        assert!(refusal(&text).to_string().contains("P-384"));
    }
}

#[test]
fn another_type_of_key_by_its_name() {
    for (identifier, name) in [
        ("2b656e", "X25519"),
        ("2b6571", "Ed448"),
        ("2b6501", "1.3.101.1"),
    ] {
        let der = format!("302e02010030050603{identifier}04220420{}", "07".repeat(32));
        let text = labelled("PRIVATE KEY", &hex::decode(der).unwrap());
        let unsupported = UnsupportedKeyType::Algorithm(name.to_owned());
        assert_eq!(refusal(&text), PemError::Unsupported(unsupported));
    }
}

#[test]
fn several_keys_with_their_number() {
    let two = [ED25519_V1, P256_SEC1].concat();
    assert_eq!(refusal(&two), PemError::SeveralKeys(2));
}

#[test]
fn the_form_of_openssh() {
    let text = labelled("OPENSSH PRIVATE KEY", b"openssh-key-v1");
    assert_eq!(
        refusal(&text),
        PemError::OtherForm("OPENSSH PRIVATE KEY".to_owned())
    );
}

#[test]
fn a_block_that_is_cut_off_no_base64_or_something_else() {
    let malformed = PemError::Malformed("PRIVATE KEY".to_owned());
    for text in [
        ED25519_V1.replace("-----END PRIVATE KEY-----", ""),
        ED25519_V1.replace("-----END", "-----END RSA"),
        ED25519_V1.replace("MC4CAQ", "*C4CAQ"),
        ED25519_V1.replace("VhC\n", "V\n"),
        labelled("PRIVATE KEY", b"not DER"),
        pkcs1_pem(&private_key()).replace("RSA ", ""),
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----".to_owned(),
    ] {
        assert_eq!(refusal(&text), malformed, "{text}");
    }
    for label in ["RSA PRIVATE KEY", "EC PRIVATE KEY"] {
        let text = labelled(label, private_key().pkcs8_der());
        assert_eq!(refusal(&text), PemError::Malformed(label.to_owned()));
    }
}

#[test]
fn a_key_whose_parts_do_not_belong_together() {
    let mut der = private_key().pkcs8_der().to_vec();
    // The modulus starts within the first 40 bytes.
    der[60] ^= 1;
    let text = labelled("PRIVATE KEY", &der);
    assert!(matches!(refusal(&text), PemError::Damaged(KeyType::Rsa, _)));
    // The last byte of the public key.
    let text = P256_SEC1.replace("CkKklCcg==", "CkKklCcQ==");
    assert!(matches!(
        refusal(&text),
        PemError::Damaged(KeyType::P256, _)
    ));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String, label in "[A-Z ]{0,12}PRIVATE KEY", body in "[A-Za-z0-9+/=\n:]{0,200}") {
        let _ = pem::read_private_key(&text);
        let _ = pem::read_private_key(&format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----"));
    }

    #[test]
    fn no_refusal_repeats_a_part_of_the_key(position in 0..1000_usize, byte in b' '..=b'~') {
        let pem = pkcs8_pem(&private_key());
        let first_line = pem.find('\n').unwrap() + 1;
        let position = first_line + position;
        let mut altered = pem.clone().into_bytes();
        altered[position] = byte;
        if let Err(error) = pem::read_private_key(std::str::from_utf8(&altered).unwrap()) {
            let shown = format!("{error} {error:?}");
            for line in pem[first_line..].lines().filter(|line| !line.starts_with('-')) {
                prop_assert!(!shown.contains(&line[..8]), "{}", shown);
            }
        }
    }
}

#[test]
fn an_rsa_key_whose_public_exponent_is_small() {
    // 65521 is the last prime below 2^16.
    for exponent in [3u64, 65_521] {
        let exponent = rsa::BoxedUint::from(exponent);
        let key = rsa::PrivateKey::new_with_exp(&mut SysRng, 2048, exponent).unwrap();
        let der = key.to_pkcs8_der().unwrap();
        let key = PrivateKey::from_pkcs8_der(Zeroizing::new(der.as_bytes().to_vec()));
        for text in [pkcs8_pem(&key), pkcs1_pem(&key)] {
            assert_eq!(refusal(&text), PemError::SmallExponent);
        }
    }
}
