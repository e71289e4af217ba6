//! Access tokens as this server checks them again.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use thiserror::Error;

use super::{VerifyingKey, key_pair::ACCESS_TOKEN_TYPE};
use crate::domain::{Claims, KeyId};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Why a text is no access token of this server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TokenRefused {
    #[error("the token has more than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    #[error("the token is not a signed JWT")]
    Malformed,
    #[error("the token's algorithm is not one that signs access tokens")]
    Algorithm,
    #[error("the token's type is not at+jwt")]
    OtherType,
    #[error("the token demands extensions that are not known here")]
    Critical,
    #[error("the token names no signing key")]
    NoKey,
    #[error("the token's signing key is not one of the key set")]
    UnknownKey,
    #[error("the token's signature is wrong, or of another algorithm than its key's")]
    Signature,
    #[error("the token's claims are not an access token's")]
    Claims,
}

/// The claims of a token whose type, key, algorithm and signature are right.
/// Issuer and times are the caller's to judge.
pub fn verify<'a>(
    token: &str,
    key_of: impl FnOnce(&KeyId) -> Option<&'a VerifyingKey>,
) -> Result<Claims, TokenRefused> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenRefused::TooLong);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| unreadable(token))?;
    if !header.typ.as_deref().is_some_and(is_access_token_type) {
        return Err(TokenRefused::OtherType);
    }
    if header.crit.is_some() {
        return Err(TokenRefused::Critical);
    }
    let kid = header.kid.ok_or(TokenRefused::NoKey)?;
    let kid = kid.parse().map_err(|_| TokenRefused::UnknownKey)?;
    key_of(&kid).ok_or(TokenRefused::UnknownKey)?.verify(token)
}

/// Why the library does not read the token's header: it knows the asymmetric
/// algorithms and HMAC, and says of another one what it says of no JSON.
fn unreadable(token: &str) -> TokenRefused {
    let header = token.split('.').next().unwrap_or_default();
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    let Ok(header) = serde_json::from_slice::<Map<String, Value>>(&header) else {
        return TokenRefused::Malformed;
    };
    let algorithm = header.get("alg").and_then(Value::as_str);
    if algorithm.is_some_and(|name| name.parse::<Algorithm>().is_ok()) {
        TokenRefused::Malformed
    } else {
        TokenRefused::Algorithm
    }
}

/// In any case, with or without the prefix (RFC 7515 §4.1.9).
fn is_access_token_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TOKEN_TYPE
}
