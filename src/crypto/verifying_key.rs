use std::fmt;

use jsonwebtoken::{
    DecodingKey, Validation,
    errors::{Error, ErrorKind},
    jwk::Jwk,
};
use serde::de::DeserializeOwned;

use super::{
    UnusableKey, access_token::TokenRefused, key_pair::jws_algorithm, unusable_key::unusable,
};
use crate::domain::SigningAlgorithm;

/// The public half of a signing key, ready to verify.
pub struct VerifyingKey {
    key: DecodingKey,
    validation: Validation,
}

impl VerifyingKey {
    pub(super) fn new(jwk: &Jwk, algorithm: SigningAlgorithm) -> Result<Self, UnusableKey> {
        // Times and names are judged by the use cases, on the injected clock.
        let mut validation = Validation::new(jws_algorithm(algorithm));
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self {
            key: DecodingKey::from_jwk(jwk).map_err(unusable)?,
            validation,
        })
    }

    /// The claims of a JWS that this key verifies, with its one algorithm
    /// whatever the token says (RFC 8725 §3.1).
    pub fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenRefused> {
        jsonwebtoken::decode(token, &self.key, &self.validation)
            .map(|data| data.claims)
            .map_err(|error| refused(&error))
    }
}

fn refused(error: &Error) -> TokenRefused {
    match error.kind() {
        ErrorKind::Json(_) | ErrorKind::InvalidClaimFormat(_) => TokenRefused::Claims,
        ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Utf8(_) => {
            TokenRefused::Malformed
        }
        _ => TokenRefused::Signature,
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({:?})", self.validation.algorithms)
    }
}
