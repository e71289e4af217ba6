//! What makes an access token right (RFC 9068 §4, RFC 8725).

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use crate::key_set::KeySet;

/// What a verified token says.
#[derive(Deserialize)]
pub struct Claims {
    pub sub: String,
    pub preferred_username: Option<String>,
}

pub struct Verifier {
    keys: KeySet,
    algorithm: Algorithm,
    validation: Validation,
}

impl Verifier {
    pub fn new(issuer: &str, audience: &str, algorithm: Algorithm) -> Result<Self, reqwest::Error> {
        // Of this algorithm alone, whatever the token says.
        let mut validation = Validation::new(algorithm);
        // A token of another server, or for another service, is refused.
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        // A token that lacks a claim would otherwise pass that claim's check.
        validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        // The clocks of two machines differ by some seconds.
        validation.leeway = 10;
        let keys = KeySet::new(format!("{issuer}/.well-known/jwks.json"))?;
        Ok(Self {
            keys,
            algorithm,
            validation,
        })
    }

    pub async fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::InvalidToken)?;
        // Another JWT of the same server, made for another purpose, is no access token.
        let typ = header.typ.unwrap_or_default().to_ascii_lowercase();
        if !["at+jwt", "application/at+jwt"].contains(&typ.as_str()) {
            return Err(Refusal::InvalidToken);
        }
        // A key that the issuer publishes, and nobody else: what the header says of
        // keys (jku, jwk, x5u) is not read.
        let kid = header.kid.ok_or(Refusal::InvalidToken)?;
        let key = self.keys.key(&kid, self.algorithm).await;
        let key = key
            .map_err(|_| Refusal::Unavailable)?
            .ok_or(Refusal::InvalidToken)?;
        let verified = decode::<Claims>(token, &key, &self.validation);
        Ok(verified.map_err(|_| Refusal::InvalidToken)?.claims)
    }
}

impl FromRequestParts<Arc<Verifier>> for Claims {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        verifier: &Arc<Verifier>,
    ) -> Result<Self, Refusal> {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let (scheme, token) = authorization
            .and_then(|value| value.to_str().ok()?.split_once(' '))
            .ok_or(Refusal::NoToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::NoToken);
        }
        verifier.verify(token).await
    }
}

/// RFC 6750 §3.
pub enum Refusal {
    NoToken,
    InvalidToken,
    /// There is no key set, so nobody can tell whether the token is right: that is not
    /// the client's fault.
    Unavailable,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let challenge = match self {
            Self::NoToken => "Bearer",
            Self::InvalidToken => r#"Bearer error="invalid_token""#,
            Self::Unavailable => {
                let retry = [(header::RETRY_AFTER, "1")];
                return (StatusCode::SERVICE_UNAVAILABLE, retry).into_response();
            }
        };
        let challenge = [(header::WWW_AUTHENTICATE, challenge)];
        (StatusCode::UNAUTHORIZED, challenge).into_response()
    }
}
