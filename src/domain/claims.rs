use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Client, Scopes, Session, Timestamp, User};

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

impl FromStr for TokenId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
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

impl Audience {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        };
        all.iter().map(String::as_str)
    }
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
    /// The `client_id` of users' tokens.
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
    /// What is only in users' tokens.
    #[serde(flatten)]
    pub login: Option<LoginClaims>,
    /// What a service client may do; absent where it asked for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// The claims of a token that a user got by logging in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginClaims {
    pub auth_time: i64,
    pub sid: String,
    pub preferred_username: String,
    /// Absent from tokens of before there were roles.
    #[serde(default)]
    pub roles: Vec<String>,
}

impl Claims {
    /// Of a token for a user's session. It does not outlive the session.
    pub fn for_session(
        user: &User,
        session: &Session,
        policy: &AccessTokenPolicy,
        jti: TokenId,
        now: Timestamp,
    ) -> Self {
        let mut claims = Self::new(policy, jti, now);
        claims.sub = user.id.to_string();
        claims.exp = claims.exp.min(session.ends_at.timestamp());
        claims.login = Some(LoginClaims {
            auth_time: session.created_at.timestamp(),
            sid: session.id.to_string(),
            preferred_username: user.username.to_string(),
            roles: user.roles.iter().map(str::to_owned).collect(),
        });
        claims
    }

    /// Of a token that a service client gets for itself. Its subject is the
    /// client (RFC 9068 §2.2).
    pub fn for_client(
        client: &Client,
        scopes: &Scopes,
        policy: &AccessTokenPolicy,
        jti: TokenId,
        now: Timestamp,
    ) -> Self {
        let mut claims = Self::new(policy, jti, now);
        claims.sub = client.id.to_string();
        claims.client_id = client.id.to_string();
        if let Some(audience) = &client.audience {
            claims.aud = audience.clone();
        }
        claims.scope = (!scopes.is_empty()).then(|| scopes.to_string());
        claims
    }

    fn new(policy: &AccessTokenPolicy, jti: TokenId, now: Timestamp) -> Self {
        let iat = now.timestamp();
        let lifetime = i64::try_from(policy.lifetime.as_secs()).unwrap_or(i64::MAX);
        Self {
            iss: policy.issuer.clone(),
            sub: String::new(),
            aud: policy.audience.clone(),
            client_id: policy.client_id.clone(),
            iat,
            exp: iat.saturating_add(lifetime),
            jti: jti.to_string(),
            login: None,
            scope: None,
        }
    }

    /// For how long the token is valid from its issue on.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs((self.exp - self.iat).try_into().unwrap_or(0))
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.exp <= now.timestamp()
    }
}
