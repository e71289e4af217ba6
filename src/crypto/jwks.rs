//! The published key set (RFC 7517 §5).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use sha2::{Digest, Sha256};

/// A JWK set as its bytes and the strong entity tag that names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksDocument {
    json: String,
    etag: String,
}

impl JwksDocument {
    pub fn render(keys: impl IntoIterator<Item = Jwk>) -> serde_json::Result<Self> {
        let keys = keys.into_iter().collect();
        let json = serde_json::to_string(&JwkSet { keys })?;
        let digest = Sha256::digest(json.as_bytes());
        let etag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..16]));
        Ok(Self { json, etag })
    }

    pub fn json(&self) -> &str {
        &self.json
    }

    /// With its quotes, as the header carries it.
    pub fn etag(&self) -> &str {
        &self.etag
    }
}
