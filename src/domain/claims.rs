use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Timestamp, User};

/// A token's id (`jti`): unique for each token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenId(Uuid);

impl TokenId {
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The `aud` claim: a string for one audience, an array for several
/// (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Several(Vec<String>),
}

impl From<Vec<String>> for Audience {
    fn from(mut audiences: Vec<String>) -> Self {
        match audiences.pop() {
            Some(only) if audiences.is_empty() => Self::One(only),
            last => {
                audiences.extend(last);
                Self::Several(audiences)
            }
        }
    }
}

/// What is the same for every access token that this server issues.
#[derive(Clone, Debug)]
pub struct AccessTokenPolicy {
    pub issuer: String,
    pub audience: Audience,
    pub client_id: String,
    pub lifetime: Duration,
}

/// The claims of an access token (RFC 9068 §2.2). Times are whole seconds
/// since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: String,
    pub aud: Audience,
    pub client_id: String,
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    pub auth_time: i64,
    pub preferred_username: String,
}

impl Claims {
    /// The claims of the token that `user` gets for having just authenticated.
    pub fn for_login(
        user: &User,
        policy: &AccessTokenPolicy,
        jti: TokenId,
        now: Timestamp,
    ) -> Self {
        let iat = now.timestamp();
        let lifetime = i64::try_from(policy.lifetime.as_secs()).unwrap_or(i64::MAX);
        Self {
            iss: policy.issuer.clone(),
            sub: user.id.to_string(),
            aud: policy.audience.clone(),
            client_id: policy.client_id.clone(),
            iat,
            exp: iat.saturating_add(lifetime),
            jti: jti.to_string(),
            auth_time: iat,
            preferred_username: user.username.to_string(),
        }
    }
}
