use std::sync::Arc;

use thiserror::Error;

use super::super::{Grant, IssuedLogin, TokenIssuer, keys::NoSigningKey};
use crate::{
    crypto::{SigningFailed, refresh_token::UnverifiedRefreshToken},
    domain::{PresentedToken, RefreshKeyId, RequestOrigin},
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
    /// The session's current token is of a key that was made a moment ago, in
    /// place of a leaked one, and that only other servers have read.
    #[error("the refresh key {0} is not known here yet")]
    KeyNotKnownYet(RefreshKeyId),
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
        let token = UnverifiedRefreshToken::parse(token)
            .filter(|token| keys.refresh.authenticate(token))
            .ok_or(RefreshError::InvalidGrant)?;
        let clock = &self.issuer.clock;
        let signing = keys.refresh.signing(clock.now());
        let signing = signing.ok_or(NoSigningKey::Missing)?;
        let attempt = RefreshAttempt {
            session: token.session,
            token: PresentedToken {
                generation: token.generation,
                key: token.key,
            },
            clock: clock.clone(),
            origin: origin.clone(),
            refresh_key: signing.id(),
            terms: self.issuer.terms,
        };
        match self.sessions.refresh(attempt).await? {
            Refreshed::Current(session, user) => {
                // The step may have waited: sign with what is the latest now. Where that is
                // too old, the keys of before must do, for the token is consumed.
                let keys = self.issuer.keys().unwrap_or(keys);
                let key = keys.refresh.get(session.refresh_key);
                let key = key.ok_or(RefreshError::KeyNotKnownYet(session.refresh_key))?;
                let now = clock.now();
                let issued = self.issuer.for_session(&keys, key, &user, &session, now)?;
                self.issuer.issued.add(Grant::RefreshToken);
                Ok(issued)
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
