use signet::{
    crypto::{PrivateKey, SigningKeyPair, jwks::JwksDocument, thumbprint},
    domain::SigningAlgorithm,
};

use crate::support::keys::{another_private_key, private_key};

fn document(keys: &[PrivateKey]) -> JwksDocument {
    let jwks = keys.iter().map(|key| {
        let kid = thumbprint(key).unwrap();
        let pair = SigningKeyPair::new(kid, SigningAlgorithm::Rs256, key).unwrap();
        pair.jwk().clone()
    });
    JwksDocument::render(jwks).unwrap()
}

#[test]
fn the_same_keys_give_the_same_entity_tag_and_others_another() {
    let one = document(&[private_key()]);
    assert_eq!(one, document(&[private_key()]));
    assert_ne!(one.etag(), document(&[another_private_key()]).etag());
    assert_ne!(
        one.etag(),
        document(&[private_key(), another_private_key()]).etag()
    );
}

#[test]
fn the_entity_tag_is_a_strong_one() {
    let document = document(&[private_key()]);
    let inner = document
        .etag()
        .strip_prefix('"')
        .unwrap()
        .strip_suffix('"')
        .unwrap();
    assert!(inner.len() >= 16 && inner.bytes().all(|b| b.is_ascii_graphic() && b != b'"'));
}
