use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use signet::{
    crypto::{PrivateKey, SigningKeyPair, thumbprint},
    domain::SigningAlgorithm,
};
use zeroize::Zeroizing;

use crate::support::keys::private_key;

fn key_pair() -> SigningKeyPair {
    let kid = thumbprint(&private_key()).unwrap();
    SigningKeyPair::new(kid, SigningAlgorithm::Rs256, &private_key()).unwrap()
}

#[test]
fn the_header_is_that_of_an_rfc_9068_access_token() {
    let token = key_pair().sign(&json!({})).unwrap();
    let header = token.split('.').next().unwrap();
    let header: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let kid = key_pair().kid().to_string();
    assert_eq!(
        header,
        json!({ "typ": "at+jwt", "alg": "RS256", "kid": kid })
    );
}

#[test]
fn the_kid_is_the_rfc_7638_thumbprint_of_the_published_key() {
    let jwk = serde_json::to_value(key_pair().jwk()).unwrap();
    let canonical = format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, jwk["e"], jwk["n"]);
    let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(canonical));
    assert_eq!(key_pair().kid().as_str(), digest);
}

#[test]
fn the_published_key_has_the_public_members_and_no_other() {
    let jwk = serde_json::to_value(key_pair().jwk()).unwrap();
    let members: Vec<_> = jwk
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = ["kty", "use", "alg", "kid", "n", "e"];
    expected.sort_unstable();
    assert_eq!(members, expected);
}

#[test]
fn what_is_no_private_key_is_refused() {
    let kid = thumbprint(&private_key()).unwrap();
    let mut der = private_key().pkcs8_der().to_vec();
    der.truncate(100);
    let cut = PrivateKey::from_pkcs8_der(Zeroizing::new(der));
    assert!(SigningKeyPair::new(kid, SigningAlgorithm::Rs256, &cut).is_err());
    assert!(thumbprint(&cut).is_err());
}

#[test]
fn debug_output_shows_no_private_part() {
    let shown = format!("{:?} {:?}", private_key(), key_pair());
    assert_eq!(
        shown,
        format!(
            "PrivateKey([redacted]) SigningKeyPair({})",
            key_pair().kid()
        )
    );
}
