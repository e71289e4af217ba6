use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation,
    jwk::{CommonParameters, Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;
use thiserror::Error;

use super::{PrivateKey, rsa};
use crate::domain::{KeyId, SigningAlgorithm};

/// The `typ` of access tokens (RFC 9068 §2.1).
const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// A private key that was parsed once and signs, with the public key that
/// belongs to it and the JWS header of its tokens.
pub struct SigningKeyPair {
    kid: KeyId,
    key: RsaKeyPair,
    jwk: Jwk,
    /// The header in base64url: the same for every token of this key.
    header: String,
}

/// The private key is none of its algorithm, or does not sign what its public
/// key verifies.
#[derive(Debug, Error)]
#[error("not a usable signing key: {0}")]
pub struct UnusableKey(String);

#[derive(Debug, Error)]
#[error("signing failed: {0}")]
pub struct SigningFailed(String);

impl SigningKeyPair {
    /// Parses the key and proves it: the published JWK must verify what the
    /// private part signs.
    pub fn new(
        kid: KeyId,
        algorithm: SigningAlgorithm,
        private_key: &PrivateKey,
    ) -> Result<Self, UnusableKey> {
        let SigningAlgorithm::Rs256 = algorithm;
        let key = RsaKeyPair::from_pkcs8(private_key.pkcs8_der()).map_err(unusable)?;
        let jwk = public_jwk(&kid, private_key)?;
        let header = Header {
            typ: Some(ACCESS_TOKEN_TYPE.to_owned()),
            kid: Some(kid.to_string()),
            ..Header::new(Algorithm::RS256)
        };
        let pair = Self {
            header: encode_part(&header).map_err(unusable)?,
            kid,
            key,
            jwk,
        };
        pair.prove()?;
        Ok(pair)
    }

    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The public key, made from the private one.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// A compact JWS (RFC 7515 §3.1) over `claims`. About 0.3 ms for 2048 bits.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String, SigningFailed> {
        let payload = encode_part(claims).map_err(|e| SigningFailed(e.to_string()))?;
        let mut token = format!("{}.{payload}", self.header);
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|e| SigningFailed(e.to_string()))?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    fn prove(&self) -> Result<(), UnusableKey> {
        let probe = serde_json::json!({ "probe": self.kid.as_str() });
        let token = self.sign(&probe).map_err(unusable)?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(&self.jwk).map_err(unusable)?;
        jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation)
            .map(drop)
            .map_err(unusable)
    }
}

/// The RFC 7638 SHA-256 thumbprint of the key's public part.
pub fn thumbprint(private_key: &PrivateKey) -> Result<KeyId, UnusableKey> {
    jwk_without_id(private_key)?
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(unusable)?
        .parse()
        .map_err(unusable)
}

fn public_jwk(kid: &KeyId, private_key: &PrivateKey) -> Result<Jwk, UnusableKey> {
    let mut jwk = jwk_without_id(private_key)?;
    jwk.common.key_id = Some(kid.to_string());
    Ok(jwk)
}

fn jwk_without_id(private_key: &PrivateKey) -> Result<Jwk, UnusableKey> {
    Ok(Jwk {
        common: CommonParameters {
            public_key_use: Some(PublicKeyUse::Signature),
            key_algorithm: Some(KeyAlgorithm::RS256),
            ..CommonParameters::default()
        },
        algorithm: rsa::public_parameters(private_key).map_err(unusable)?,
    })
}

fn encode_part<T: Serialize>(part: &T) -> serde_json::Result<String> {
    serde_json::to_vec(part).map(|json| BASE64_URL_SAFE_NO_PAD.encode(json))
}

fn unusable(error: impl fmt::Display) -> UnusableKey {
    UnusableKey(error.to_string())
}

impl fmt::Debug for SigningKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeyPair({})", self.kid)
    }
}
