use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use jwt_compact::UntrustedToken;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use signet::{
    crypto::{PrivateKey, SigningKeyPair, thumbprint},
    domain::SigningAlgorithm,
};
use zeroize::Zeroizing;

use crate::support::{
    keys::{private_key, private_key_for},
    verifier::{part, verify_signature},
};

fn key_pair(algorithm: SigningAlgorithm) -> SigningKeyPair {
    let key = private_key_for(algorithm);
    SigningKeyPair::new(thumbprint(&key).unwrap(), algorithm, &key).unwrap()
}

fn jwk(algorithm: SigningAlgorithm) -> Value {
    serde_json::to_value(key_pair(algorithm).jwk()).unwrap()
}

/// The signing input and the signature (RFC 7515 §5.1).
fn signed(algorithm: SigningAlgorithm) -> (String, String) {
    let token = key_pair(algorithm).sign(&json!({})).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    (input.to_owned(), signature.to_owned())
}

/// The members of RFC 7638 §3.2 and RFC 8037 §2, in their order.
fn canonical(jwk: &Value) -> String {
    match jwk["kty"].as_str().unwrap() {
        "RSA" => format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, jwk["e"], jwk["n"]),
        "EC" => format!(
            r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
            jwk["x"], jwk["y"]
        ),
        _ => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":{}}}"#, jwk["x"]),
    }
}

#[test]
fn the_header_is_that_of_an_rfc_9068_access_token() {
    for algorithm in SigningAlgorithm::ALL {
        let pair = key_pair(algorithm);
        let token = pair.sign(&json!({})).unwrap();
        let expected = json!({
            "typ": "at+jwt",
            "alg": algorithm.as_str(),
            "kid": pair.kid().as_str(),
        });
        assert_eq!(part(&token, 0), expected);
    }
}

#[test]
fn the_kid_is_the_rfc_7638_thumbprint_of_the_published_key() {
    for algorithm in SigningAlgorithm::ALL {
        let digest = Sha256::digest(canonical(&jwk(algorithm)));
        let expected = BASE64_URL_SAFE_NO_PAD.encode(digest);
        assert_eq!(key_pair(algorithm).kid().as_str(), expected);
    }
}

/// RFC 8037 §A.1 to §A.3.
#[test]
fn the_example_of_rfc_8037_has_its_public_key_and_thumbprint() {
    let prefix = hex::decode("302e020100300506032b657004220420").unwrap();
    let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    let seed = BASE64_URL_SAFE_NO_PAD.decode(seed).unwrap();
    let key = PrivateKey::from_pkcs8_der(Zeroizing::new([prefix, seed].concat()));
    let kid = thumbprint(&key).unwrap();
    assert_eq!(kid.as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let pair = SigningKeyPair::new(kid, SigningAlgorithm::EdDsa, &key).unwrap();
    let jwk = serde_json::to_value(pair.jwk()).unwrap();
    assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
}

#[test]
fn the_published_key_has_the_public_members_and_no_other() {
    for (algorithm, kty, of_its_type) in [
        (SigningAlgorithm::Rs256, "RSA", &["n", "e"][..]),
        (SigningAlgorithm::Ps256, "RSA", &["n", "e"]),
        (SigningAlgorithm::Es256, "EC", &["crv", "x", "y"]),
        (SigningAlgorithm::EdDsa, "OKP", &["crv", "x"]),
    ] {
        let jwk = jwk(algorithm);
        let members: Vec<_> = jwk
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut expected = [&["kty", "use", "alg", "kid"], of_its_type].concat();
        expected.sort_unstable();
        assert_eq!(members, expected);
        assert_eq!(
            (&jwk["kty"], &jwk["use"], &jwk["alg"]),
            (&kty.into(), &"sig".into(), &algorithm.as_str().into())
        );
    }
}

/// RFC 7518 §6.2.1 and §6.3.1, RFC 8037 §2.
#[test]
fn the_published_members_have_the_lengths_that_their_type_fixes() {
    let length = |algorithm, member: &str| {
        let text = jwk(algorithm)[member].as_str().unwrap().to_owned();
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap().len()
    };
    assert_eq!(length(SigningAlgorithm::Rs256, "n"), 256);
    assert_eq!(jwk(SigningAlgorithm::Rs256)["e"], "AQAB");
    assert_eq!(jwk(SigningAlgorithm::Es256)["crv"], "P-256");
    assert_eq!(length(SigningAlgorithm::Es256, "x"), 32);
    assert_eq!(length(SigningAlgorithm::Es256, "y"), 32);
    assert_eq!(jwk(SigningAlgorithm::EdDsa)["crv"], "Ed25519");
    assert_eq!(length(SigningAlgorithm::EdDsa, "x"), 32);
}

/// RFC 7518 §3.4, RFC 8037 §3.1.
#[test]
fn signatures_on_the_curves_have_64_bytes() {
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa] {
        // ECDSA's numbers are short in one of 128 signatures.
        for _ in 0..300 {
            let (_, signature) = signed(algorithm);
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            assert_eq!(signature.len(), 64);
        }
    }
}

#[test]
fn a_token_verifies_with_another_library_under_its_own_algorithm_alone() {
    for algorithm in SigningAlgorithm::ALL {
        let token = key_pair(algorithm).sign(&json!({ "sub": "ada" })).unwrap();
        let token = UntrustedToken::new(&token).unwrap();
        for other in SigningAlgorithm::ALL {
            let verified = verify_signature(other.as_str(), &token, &jwk(algorithm));
            assert_eq!(
                verified.is_some(),
                other == algorithm,
                "{algorithm} {other}"
            );
        }
    }
}

#[test]
fn a_signature_is_worth_nothing_as_that_of_another_algorithm_whatever_the_header_says() {
    for algorithm in SigningAlgorithm::ALL {
        let (input, signature) = signed(algorithm);
        let key = DecodingKey::from_jwk(key_pair(algorithm).jwk()).unwrap();
        for other in SigningAlgorithm::ALL {
            let other_name: Algorithm = other.as_str().parse().unwrap();
            let verified =
                jsonwebtoken::crypto::verify(&signature, input.as_bytes(), &key, other_name);
            assert_eq!(
                verified.unwrap_or(false),
                other == algorithm,
                "{algorithm} {other}"
            );
        }
    }
}

#[test]
fn a_key_of_another_type_is_refused_and_both_types_are_named() {
    for (algorithm, wanted) in [
        (SigningAlgorithm::Rs256, "RSA"),
        (SigningAlgorithm::Ps256, "RSA"),
        (SigningAlgorithm::Es256, "P-256"),
        (SigningAlgorithm::EdDsa, "Ed25519"),
    ] {
        for (other, given) in [
            (SigningAlgorithm::Rs256, "RSA"),
            (SigningAlgorithm::Es256, "P-256"),
            (SigningAlgorithm::EdDsa, "Ed25519"),
        ] {
            let key = private_key_for(other);
            let made = SigningKeyPair::new(thumbprint(&key).unwrap(), algorithm, &key);
            if wanted == given {
                made.unwrap();
            } else {
                assert_eq!(
                    made.unwrap_err().to_string(),
                    format!(
                        "not a usable signing key: {algorithm} takes a key of type {wanted}, \
                         this one is {given}"
                    )
                );
            }
        }
    }
}

#[test]
fn an_rsa_key_has_one_kid_for_both_of_its_algorithms() {
    assert_eq!(
        key_pair(SigningAlgorithm::Rs256).kid(),
        key_pair(SigningAlgorithm::Ps256).kid()
    );
}

#[test]
fn what_is_no_private_key_is_refused() {
    for algorithm in SigningAlgorithm::ALL {
        let key = private_key_for(algorithm);
        let kid = thumbprint(&key).unwrap();
        let der = key.pkcs8_der();
        for length in [0, 1, 20, der.len() - 1] {
            let cut = PrivateKey::from_pkcs8_der(Zeroizing::new(der[..length].to_vec()));
            assert!(SigningKeyPair::new(kid.clone(), algorithm, &cut).is_err());
            assert!(thumbprint(&cut).is_err());
        }
    }
}

#[test]
fn debug_output_shows_no_private_part() {
    let pair = key_pair(SigningAlgorithm::Rs256);
    let shown = format!("{:?} {pair:?}", private_key());
    assert_eq!(
        shown,
        format!(
            "PrivateKey([redacted]) SigningKeyPair({})",
            pair.kid().as_str()
        )
    );
}
