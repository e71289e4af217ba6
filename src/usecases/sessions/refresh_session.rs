use std::sync::Arc;

use thiserror::Error;

use super::super::{
    IssuedLogin, TokenIssuer,
    keys::{Authenticity, NoSigningKey},
};
use crate::{
    crypto::{SigningFailed, refresh_token::UnverifiedRefreshToken},
    domain::RequestOrigin,
    ports::{RefreshAttempt, Refreshed, SessionStore, StorageError},
};

/// Exchanges a refresh token for new tokens (RFC 6749 §6), with rotation and
/// detection of reuse (RFC 9700 §4.14.2).
pub struct RefreshSession {
    pub sessions: Arc<dyn SessionStore>,
    pub issuer: Arc<TokenIssuer>,
}

#[derive(Debug, Error)]
pub enum RefreshError {
    /// Whether it is forged, expired, ended or reused is nobody's business.
    #[error("the refresh token is not valid any more")]
    InvalidGrant,
    /// Its refresh key was made a moment ago, and only other servers have it.
    #[error("the refresh token's key is not known here yet")]
    KeyNotKnownYet,
    #[error("the signing key {0}")]
    NoSigningKey(#[from] NoSigningKey),
    #[error(transparent)]
    Signing(#[from] SigningFailed),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RefreshSession {
    /// The token is consumed only when the answer can be signed.
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        token: &str,
    ) -> Result<IssuedLogin, RefreshError> {
        let keys = self.issuer.keys()?;
        let token = UnverifiedRefreshToken::parse(token).ok_or(RefreshError::InvalidGrant)?;
        match keys.refresh.judge(&token) {
            Authenticity::Authentic => {}
            Authenticity::Forged => return Err(RefreshError::InvalidGrant),
            Authenticity::NotKnownYet => return Err(RefreshError::KeyNotKnownYet),
        }
        let now = self.issuer.clock.now();
        let signing = keys.refresh.signing(now).ok_or(NoSigningKey::Missing)?;
        let attempt = RefreshAttempt {
            session: token.session,
            generation: token.generation,
            at: now,
            origin: origin.clone(),
            refresh_key: signing.id(),
            terms: self.issuer.terms,
        };
        match self.sessions.refresh(attempt).await? {
            Refreshed::Current(session, user) => {
                let key = keys.refresh.get(session.refresh_key);
                let key = key.ok_or(RefreshError::KeyNotKnownYet)?;
                Ok(self.issuer.for_session(&keys, key, &user, &session, now)?)
            }
            Refreshed::NoSession => Err(RefreshError::InvalidGrant),
            Refreshed::Reused => {
                tracing::warn!(
                    session = %token.session,
                    "a consumed refresh token was presented again: the session was ended"
                );
                Err(RefreshError::InvalidGrant)
            }
        }
    }
}
