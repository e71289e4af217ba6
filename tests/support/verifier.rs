use chrono::TimeDelta;
use jwt_compact::{
    Algorithm, AlgorithmExt, TimeOptions, Token, UntrustedToken,
    alg::{Ed25519, Es256, Rsa},
    jwk::JsonWebKey,
};
use serde_json::Value;
use signet::domain::Timestamp;

/// A verified token, as a service sees it.
pub struct Verified {
    pub header: Value,
    pub claims: Value,
}

/// Verifies a token as a service would that knows nothing of Signet but its
/// key set, with a library that Signet does not sign with.
pub fn verify(token: &str, jwks: &Value, now: Timestamp) -> Option<Verified> {
    let untrusted = UntrustedToken::new(token).ok()?;
    let kid = untrusted.header().key_id.clone()?;
    let keys = jwks["keys"].as_array()?;
    let jwk = keys.iter().find(|key| key["kid"] == kid.as_str())?;
    let verified = verify_signature(jwk["alg"].as_str()?, &untrusted, jwk)?;
    let options = TimeOptions::new(TimeDelta::zero(), move || now);
    verified.claims().validate_expiration(&options).ok()?;
    Some(Verified {
        header: part(token, 0),
        claims: part(token, 1),
    })
}

/// Verifies the signature alone, as one of `algorithm`.
pub fn verify_signature(
    algorithm: &str,
    token: &UntrustedToken<'_>,
    jwk: &Value,
) -> Option<Token<Value>> {
    match algorithm {
        "RS256" => verify_with(&Rsa::rs256(), token, jwk),
        "PS256" => verify_with(&Rsa::ps256(), token, jwk),
        "ES256" => verify_with(&Es256, token, jwk),
        "EdDSA" => verify_with(&Ed25519, token, jwk),
        _ => None,
    }
}

fn verify_with<A>(algorithm: &A, token: &UntrustedToken<'_>, jwk: &Value) -> Option<Token<Value>>
where
    A: Algorithm,
    A::VerifyingKey: for<'a> TryFrom<&'a JsonWebKey<'a>>,
{
    let jwk: JsonWebKey<'_> = serde_json::from_value(jwk.clone()).ok()?;
    let key = A::VerifyingKey::try_from(&jwk).ok()?;
    algorithm.validator(&key).validate(token).ok()
}

/// One part of a compact JWS, decoded.
pub fn part(token: &str, index: usize) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
