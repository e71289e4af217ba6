//! Access tokens that are none, made by whoever knows all but the private key,
//! or by a server that errs.

use aws_lc_rs::{hmac, signature::RSA_PSS_SHA256};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use signet::{
    crypto::{SigningKeyPair, spki::public_key_pem, thumbprint},
    domain::SigningAlgorithm,
};

use super::{
    draft::{Draft, encode, p256, rsa},
    keys::{another_private_key, private_key},
};

/// A token that must be refused.
pub struct Forgery {
    pub name: &'static str,
    pub token: String,
    /// What a client is told of it.
    pub reason: &'static str,
}

const ALGORITHM: &str = "the token's algorithm is not one that signs access tokens";
const CLAIMS: &str = "the token's claims are not an access token's";
const CRITICAL: &str = "the token demands extensions that are not known here";
const EXPIRED: &str = "the token has expired";
const ISSUER: &str = "the token is of another issuer";
const MALFORMED: &str = "the token is not a signed JWT";
const NO_KEY: &str = "the token names no signing key";
const OTHER_TYPE: &str = "the token's type is not at+jwt";
const SIGNATURE: &str = "the token's signature is wrong, or of another algorithm than its key's";
const TOO_LONG: &str = "the token has more than 8192 bytes";
const UNKNOWN_KEY: &str = "the token's signing key is not one of the key set";

/// Every way to forge or spoil `token`, which [`private_key`] signed with RS256.
pub fn forgeries(token: &str) -> Vec<Forgery> {
    let groups = [
        with_another_algorithm(token),
        with_another_key(token),
        tampered(token),
        malformed(token),
        wrongly_issued(token),
    ];
    groups.into_iter().flatten().collect()
}

fn with_another_algorithm(token: &str) -> Vec<Forgery> {
    let draft = Draft::of(token);
    let unsigned = |alg: &str| draft.header("alg", json!(alg)).with_signature(|_| vec![]);
    let hs256 = draft.header("alg", json!("HS256"));
    let pem = public_pem();
    let es256 = draft.header("alg", json!("ES256"));
    let ps256 = draft.header("alg", json!("PS256"));
    vec![
        forgery("alg none", unsigned("none"), ALGORITHM),
        forgery("alg NONE", unsigned("NONE"), ALGORITHM),
        forgery("an unknown alg", unsigned("RS999"), ALGORITHM),
        forgery(
            "no alg",
            draft.header("alg", Value::Null).signed(),
            ALGORITHM,
        ),
        forgery(
            "HS256 keyed with the public key",
            hs256.with_signature(|input| {
                let key = hmac::Key::new(hmac::HMAC_SHA256, pem.as_bytes());
                hmac::sign(&key, input).as_ref().to_vec()
            }),
            SIGNATURE,
        ),
        forgery(
            "ES256 of another key",
            es256.with_signature(p256),
            SIGNATURE,
        ),
        forgery(
            "PS256 of the same key",
            ps256.with_signature(|input| rsa(&private_key(), &RSA_PSS_SHA256, input)),
            SIGNATURE,
        ),
        forgery(
            "RS256 under the name of ES256",
            draft.header("alg", json!("ES256")).signed(),
            SIGNATURE,
        ),
    ]
}

fn with_another_key(token: &str) -> Vec<Forgery> {
    let draft = Draft::of(token);
    let strange = another_private_key();
    let own = SigningKeyPair::new(
        thumbprint(&strange).unwrap(),
        SigningAlgorithm::Rs256,
        &strange,
    );
    let jwk = serde_json::to_value(own.unwrap().jwk()).unwrap();
    let bring_your_own = draft.header("jwk", jwk);
    vec![
        forgery(
            "an unknown kid",
            draft.header("kid", json!("nobody")).signed(),
            UNKNOWN_KEY,
        ),
        forgery(
            "a kid that is a path",
            draft.header("kid", json!("../../dev/null")).signed(),
            UNKNOWN_KEY,
        ),
        forgery(
            "a kid that is a statement",
            draft.header("kid", json!("' OR 1=1 --")).signed(),
            UNKNOWN_KEY,
        ),
        forgery("no kid", draft.header("kid", Value::Null).signed(), NO_KEY),
        forgery(
            "the signature of another key",
            draft.signed_by(&strange),
            SIGNATURE,
        ),
        forgery(
            "a key that the token brings along",
            bring_your_own.signed_by(&strange),
            SIGNATURE,
        ),
    ]
}

fn tampered(token: &str) -> Vec<Forgery> {
    let draft = Draft::of(token);
    let [header, claims, signature] = segments(token);
    let other_header = encode(&draft.header("x", json!(1)).header);
    let other_claims = encode(&draft.claim("sub", json!("someone-else")).claims);
    vec![
        forgery(
            "a header with another member",
            [&other_header, claims, signature].join("."),
            SIGNATURE,
        ),
        forgery(
            "claims of someone else",
            [header, &other_claims, signature].join("."),
            SIGNATURE,
        ),
        forgery(
            "a signature with another bit",
            [header, claims, &flipped(signature)].join("."),
            SIGNATURE,
        ),
        forgery(
            "half a signature",
            [header, claims, &signature[..signature.len() / 8 * 4]].join("."),
            SIGNATURE,
        ),
        forgery("no signature", [header, claims, ""].join("."), SIGNATURE),
    ]
}

fn malformed(token: &str) -> Vec<Forgery> {
    let [header, claims, signature] = segments(token);
    let not_json = BASE64_URL_SAFE_NO_PAD.encode("not JSON");
    let a_list = BASE64_URL_SAFE_NO_PAD.encode("[]");
    vec![
        forgery("a word", "nonsense".to_owned(), MALFORMED),
        forgery("two segments", [header, claims].join("."), MALFORMED),
        forgery(
            "four segments",
            [header, claims, signature, signature].join("."),
            MALFORMED,
        ),
        forgery("dots", "..".to_owned(), MALFORMED),
        forgery(
            "a header that is no base64",
            ["*", claims, signature].join("."),
            MALFORMED,
        ),
        forgery(
            "a header that is no JSON",
            [&not_json, claims, signature].join("."),
            MALFORMED,
        ),
        forgery(
            "a header that is no object",
            [&a_list, claims, signature].join("."),
            MALFORMED,
        ),
        forgery(
            "a header whose type is no text",
            Draft::of(token).header("typ", json!(1)).signed(),
            MALFORMED,
        ),
        forgery(
            "a header that is cut",
            [&header[..header.len() / 2], claims, signature].join("."),
            MALFORMED,
        ),
        forgery(
            "a signature that is no base64",
            [header, claims, "*"].join("."),
            MALFORMED,
        ),
        forgery(
            "9 KiB",
            format!("{token}{}", "A".repeat(9 * 1024)),
            TOO_LONG,
        ),
    ]
}

fn wrongly_issued(token: &str) -> Vec<Forgery> {
    let draft = Draft::of(token);
    let issued = draft.claims["iat"].clone();
    let typed = |typ: Value| draft.header("typ", typ).signed();
    let claiming = |claim, value| draft.claim(claim, value).signed();
    vec![
        forgery("an ID token's type", typed(json!("JWT")), OTHER_TYPE),
        forgery("no type", typed(Value::Null), OTHER_TYPE),
        forgery(
            "an extension that must be understood",
            draft.header("crit", json!(["exp"])).signed(),
            CRITICAL,
        ),
        forgery(
            "another issuer",
            claiming("iss", json!("https://auth.evil")),
            ISSUER,
        ),
        forgery("expired at its issue", claiming("exp", issued), EXPIRED),
        forgery("no subject", claiming("sub", Value::Null), CLAIMS),
        forgery("no expiry", claiming("exp", Value::Null), CLAIMS),
        forgery("an expiry in words", claiming("exp", json!("soon")), CLAIMS),
        forgery(
            "a session that is no id",
            claiming("sid", json!("mine")),
            CLAIMS,
        ),
        forgery(
            "neither a user's nor a client's",
            claiming("sid", Value::Null),
            CLAIMS,
        ),
    ]
}

fn forgery(name: &'static str, token: String, reason: &'static str) -> Forgery {
    Forgery {
        name,
        token,
        reason,
    }
}

fn segments(token: &str) -> [&str; 3] {
    let segments: Vec<_> = token.split('.').collect();
    segments.try_into().unwrap()
}

/// The base64url text of other bytes.
pub fn flipped(text: &str) -> String {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
    bytes[0] ^= 1;
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn public_pem() -> String {
    let key = private_key();
    let pair = SigningKeyPair::new(thumbprint(&key).unwrap(), SigningAlgorithm::Rs256, &key);
    public_key_pem(pair.unwrap().jwk()).unwrap()
}
