use std::sync::Arc;

use super::{InspectToken, TokenHolder};
use crate::{
    crypto::refresh_token::UnverifiedRefreshToken,
    domain::{Audience, Claims, Client, Scopes, Session, User},
    ports::{ClientStore, Clock, SessionStore, StorageError},
    usecases::keys::KeyRing,
};

/// Tells a service whether a token is good right now (RFC 7662).
#[derive(Clone)]
pub struct IntrospectToken {
    pub inspect_token: Arc<InspectToken>,
    pub ring: Arc<KeyRing>,
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
    pub clock: Arc<dyn Clock>,
}

/// What an active token says (RFC 7662 §2.2). Times are whole seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDescription {
    /// `Bearer` for access tokens.
    /// Whether requests are made with it.
    pub is_bearer: bool,
    pub iss: String,
    pub sub: String,
    pub client_id: String,
    pub iat: i64,
    pub exp: i64,
    pub aud: Option<Audience>,
    pub jti: Option<String>,
    pub scope: Option<String>,
    pub username: Option<String>,
    pub sid: Option<String>,
}

impl IntrospectToken {
    /// `None`: the token is not active, for whatever reason.
    pub async fn run(&self, token: &str) -> Result<Option<TokenDescription>, StorageError> {
        match UnverifiedRefreshToken::parse(token) {
            Some(token) => self.refresh_token(&token).await,
            None => self.access_token(token).await,
        }
    }

    async fn access_token(&self, token: &str) -> Result<Option<TokenDescription>, StorageError> {
        let Ok(token) = self.inspect_token.run(token) else {
            return Ok(None);
        };
        let is_active = match &token.holder {
            TokenHolder::Session(session) => {
                let found = self.sessions.find_live(*session, self.clock.now()).await?;
                found.is_some_and(|(_, user)| user.id.to_string() == token.claims.sub)
            }
            TokenHolder::Client(client, jti) => {
                let client = self.clients.find(client).await?;
                client.is_some_and(|client| may_have(&client, &token.claims))
                    && !self.clients.is_revoked(*jti).await?
            }
        };
        Ok(is_active.then(|| of_access_token(token.claims)))
    }

    /// Only the session's current refresh token is active.
    async fn refresh_token(
        &self,
        token: &UnverifiedRefreshToken,
    ) -> Result<Option<TokenDescription>, StorageError> {
        let keys = self.ring.published();
        if !keys.is_some_and(|keys| keys.refresh.authenticate(token)) {
            return Ok(None);
        }
        let now = self.clock.now();
        let found = self.sessions.find_live(token.session, now).await?;
        let current = found.filter(|(session, _)| {
            (session.generation, session.refresh_key) == (token.generation, token.key)
        });
        Ok(current.map(|(session, user)| self.of_refresh_token(&session, &user)))
    }

    fn of_refresh_token(&self, session: &Session, user: &User) -> TokenDescription {
        let policy = &self.inspect_token.policy;
        TokenDescription {
            is_bearer: false,
            iss: policy.issuer.clone(),
            sub: user.id.to_string(),
            client_id: policy.client_id.clone(),
            iat: session.last_used_at.timestamp(),
            exp: session.expires_at.timestamp(),
            aud: None,
            jti: None,
            scope: None,
            username: Some(user.username.to_string()),
            sid: Some(session.id.to_string()),
        }
    }
}

/// Whether the client may have what the token claims: a signing key from
/// elsewhere may have signed more than that.
fn may_have(client: &Client, claims: &Claims) -> bool {
    let scopes = claims.scope.as_deref().unwrap_or_default().parse();
    scopes.is_ok_and(|scopes: Scopes| scopes.is_subset(&client.scopes))
}

fn of_access_token(claims: Claims) -> TokenDescription {
    let (sid, username) = claims
        .login
        .map(|login| (login.sid, login.preferred_username))
        .unzip();
    TokenDescription {
        is_bearer: true,
        iss: claims.iss,
        sub: claims.sub,
        client_id: claims.client_id,
        iat: claims.iat,
        exp: claims.exp,
        aud: Some(claims.aud),
        jti: Some(claims.jti),
        scope: claims.scope,
        username,
        sid,
    }
}
