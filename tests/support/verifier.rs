use chrono::TimeDelta;
use jwt_compact::{
    AlgorithmExt, Claims, TimeOptions, UntrustedToken,
    alg::{Rsa, RsaPublicKey},
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
    let key: JsonWebKey<'_> = serde_json::from_value(jwk.clone()).ok()?;
    let key = RsaPublicKey::try_from(&key).ok()?;
    let verified = Rsa::rs256()
        .validator::<Value>(&key)
        .validate(&untrusted)
        .ok()?;
    let claims: &Claims<Value> = verified.claims();
    let options = TimeOptions::new(TimeDelta::zero(), move || now);
    claims.validate_expiration(&options).ok()?;
    Some(Verified {
        header: part(token, 0),
        claims: part(token, 1),
    })
}

/// One part of a compact JWS, decoded.
pub fn part(token: &str, index: usize) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
