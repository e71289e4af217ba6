//! Private keys that are read from PEM, and public keys that are written.

use rsa::{
    pkcs1::EncodeRsaPrivateKey,
    pkcs8::{
        DecodePrivateKey, DecodePublicKey,
        der::pem::{LineEnding, encode_string},
    },
};
use serde_json::json;
use signet::{
    crypto::{KeyType, PrivateKey, SigningKeyPair, pem, spki::public_key_pem, thumbprint},
    domain::SigningAlgorithm,
};

use crate::support::keys::{private_key, private_key_for};

/// RFC 8410 §10.3, the first version of PKCS#8.
pub(super) const ED25519_V1: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";

/// RFC 8410 §10.3, the second version: the same key with attributes and the
/// public key.
const ED25519_V2: &str = "-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";

/// RFC 8410 §10.1.
pub(super) const ED25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

/// A key on P-256 in SEC1, made for these tests.
pub(super) const P256_SEC1: &str = "-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIObLW92AqkWunJXowVR2Z5/+yVPBaFHnEedDk5WJxk/BoAoGCCqGSM49
AwEHoUQDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71vc75eSOkyMsxFxbFsTNEMTLjV
uKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==
-----END EC PRIVATE KEY-----
";

pub(super) fn pkcs8_pem(key: &PrivateKey) -> String {
    encode_string("PRIVATE KEY", LineEnding::LF, key.pkcs8_der()).unwrap()
}

pub(super) fn pkcs1_pem(key: &PrivateKey) -> String {
    let key = rsa::PrivateKey::from_pkcs8_der(key.pkcs8_der()).unwrap();
    key.to_pkcs1_pem(LineEnding::LF).unwrap().to_string()
}

/// The key's type, and that it signs with each of its algorithms.
fn read(text: &str) -> (KeyType, PrivateKey) {
    let imported = pem::read_private_key(text).unwrap();
    let kid = thumbprint(&imported.private_key).unwrap();
    for algorithm in imported.key_type.algorithms() {
        let pair = SigningKeyPair::new(kid.clone(), *algorithm, &imported.private_key).unwrap();
        pair.sign(&json!({})).unwrap();
    }
    (imported.key_type, imported.private_key)
}

#[test]
fn every_generated_key_comes_back_from_its_pkcs8_form() {
    for algorithm in SigningAlgorithm::ALL {
        let key = private_key_for(algorithm);
        let (key_type, imported) = read(&pkcs8_pem(&key));
        assert!(key_type.algorithms().contains(&algorithm));
        assert_eq!(thumbprint(&imported).unwrap(), thumbprint(&key).unwrap());
    }
}

#[test]
fn an_rsa_key_signs_with_rs256_and_ps256_in_whichever_form_it_came() {
    let (from_pkcs8, one) = read(&pkcs8_pem(&private_key()));
    let (from_pkcs1, other) = read(&pkcs1_pem(&private_key()));
    for key_type in [from_pkcs8, from_pkcs1] {
        assert_eq!(
            key_type.algorithms(),
            [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256]
        );
    }
    assert_eq!(one.pkcs8_der(), other.pkcs8_der());
}

#[test]
fn a_p256_key_signs_with_es256_in_whichever_form_it_came() {
    let (from_sec1, one) = read(P256_SEC1);
    assert_eq!(from_sec1.algorithms(), [SigningAlgorithm::Es256]);
    let (from_pkcs8, other) = read(&pkcs8_pem(&one));
    assert_eq!(from_pkcs8, KeyType::P256);
    assert_eq!(one.pkcs8_der(), other.pkcs8_der());
}

#[test]
fn an_ed25519_key_signs_with_eddsa_in_both_versions_of_pkcs8() {
    let (from_v1, one) = read(ED25519_V1);
    let (from_v2, other) = read(ED25519_V2);
    assert_eq!(from_v1.algorithms(), [SigningAlgorithm::EdDsa]);
    assert_eq!(from_v2, KeyType::Ed25519);
    assert_eq!(one.pkcs8_der(), other.pkcs8_der());
    assert_eq!(pkcs8_pem(&other), ED25519_V1);
}

#[test]
fn line_ends_indentation_long_lines_and_text_around_the_block_do_not_matter() {
    let (_, plain) = read(ED25519_V2);
    let one_line = {
        let body: Vec<_> = ED25519_V2.lines().skip(1).collect();
        let body = body[..body.len() - 1].concat();
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----")
    };
    for text in [
        ED25519_V2.replace('\n', "\r\n"),
        ED25519_V2.replace('\n', "\n    "),
        format!("\n\nMy key\n{ED25519_V2}bye"),
        ED25519_V2.trim_end().to_owned(),
        one_line,
    ] {
        let (_, key) = read(&text);
        assert_eq!(key.pkcs8_der(), plain.pkcs8_der(), "{text}");
    }
}

#[test]
fn curve_parameters_public_keys_and_certificates_beside_the_key_are_passed_over() {
    let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n\
                      -----END EC PARAMETERS-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let (key_type, _) = read(&[parameters, P256_SEC1, ED25519_PUBLIC, certificate].concat());
    assert_eq!(key_type, KeyType::P256);
}

fn public_pem(algorithm: SigningAlgorithm, key: &PrivateKey) -> String {
    let pair = SigningKeyPair::new(thumbprint(key).unwrap(), algorithm, key).unwrap();
    public_key_pem(pair.jwk()).unwrap()
}

#[test]
fn the_public_key_of_the_rfc_8410_example_is_written_as_the_rfc_does() {
    let (_, key) = read(ED25519_V1);
    assert_eq!(public_pem(SigningAlgorithm::EdDsa, &key), ED25519_PUBLIC);
}

#[test]
fn another_library_reads_the_public_rsa_key_that_is_written() {
    let written = public_pem(SigningAlgorithm::Rs256, &private_key());
    let public = rsa::PublicKey::from_public_key_pem(&written).unwrap();
    let private = rsa::PrivateKey::from_pkcs8_der(private_key().pkcs8_der()).unwrap();
    assert_eq!(&public, private.as_ref());
}

/// RFC 5480 §2.
#[test]
fn a_public_p256_key_is_written_as_its_curves_name_and_the_uncompressed_point() {
    let (_, key) = read(P256_SEC1);
    let written = public_pem(SigningAlgorithm::Es256, &key);
    assert_eq!(
        written,
        "-----BEGIN PUBLIC KEY-----\n\
         MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71v\n\
         c75eSOkyMsxFxbFsTNEMTLjVuKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==\n\
         -----END PUBLIC KEY-----\n"
    );
}

#[test]
fn debug_output_shows_the_type_alone() {
    let imported = pem::read_private_key(ED25519_V1).unwrap();
    assert_eq!(
        format!("{imported:?}"),
        "ImportedKey { private_key: PrivateKey([redacted]), key_type: Ed25519 }"
    );
}
