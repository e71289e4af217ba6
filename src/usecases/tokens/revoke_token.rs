use std::sync::Arc;

use thiserror::Error;

use super::{InspectToken, InvalidToken, TokenHolder};
use crate::{
    crypto::{access_token::TokenRefused, refresh_token::UnverifiedRefreshToken},
    domain::{Client, Timestamp},
    ports::{ClientStore, KeyStore, SessionStore, StorageError},
    usecases::keys::KeyRing,
};

/// Ends what a token stands for (RFC 7009): the session of a user's access or
/// refresh token, whoever holds it; a service client's access token, for that
/// client alone.
pub struct RevokeToken {
    pub inspect_token: Arc<InspectToken>,
    pub ring: Arc<KeyRing>,
    pub keys: Arc<dyn KeyStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
}

#[derive(Debug, Error)]
pub enum RevokeTokenError {
    #[error("the token is a service client's, which must authenticate")]
    ClientRequired,
    #[error("the token was issued to another client")]
    OtherClient,
    /// It may be of a key that only other servers have read or can open: to
    /// call it revoked would be a lie (RFC 7009 §2.2.1).
    #[error("not all keys are known here yet")]
    KeysNotKnownYet,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RevokeToken {
    /// `client`: who authenticated for this, if anyone. A token that is not
    /// active is no error: what was wanted is so (RFC 7009 §2.2).
    pub async fn run(&self, client: Option<&Client>, token: &str) -> Result<(), RevokeTokenError> {
        match UnverifiedRefreshToken::parse(token) {
            Some(token) => self.refresh_token(&token).await,
            None => self.access_token(client, token).await,
        }
    }

    async fn refresh_token(&self, token: &UnverifiedRefreshToken) -> Result<(), RevokeTokenError> {
        let keys = self.ring.published();
        let keys = keys.ok_or(RevokeTokenError::KeysNotKnownYet)?;
        if keys.refresh.get(token.key).is_none() {
            return self.unless_others_know_more().await;
        }
        if keys.refresh.authenticate(token) {
            self.sessions.end(token.session).await?;
        }
        Ok(())
    }

    async fn unless_others_know_more(&self) -> Result<(), RevokeTokenError> {
        let set = self.keys.load().await?;
        let known = self.ring.published().is_some_and(|loaded| {
            let published = |kid| loaded.published.contains_key(kid);
            let mut signing = set.keys().iter().filter(|key| key.sealed.is_some());
            let mut refresh = set.refresh_keys().iter();
            signing.all(|key| published(&key.record.kid))
                && refresh.all(|key| loaded.refresh.get(key.record.id).is_some())
        });
        known.then_some(()).ok_or(RevokeTokenError::KeysNotKnownYet)
    }

    async fn access_token(
        &self,
        client: Option<&Client>,
        token: &str,
    ) -> Result<(), RevokeTokenError> {
        let token = match self.inspect_token.run(token) {
            Ok(token) => token,
            Err(InvalidToken::Refused(TokenRefused::UnknownKey)) => {
                return self.unless_others_know_more().await;
            }
            Err(_) => return Ok(()),
        };
        match token.holder {
            TokenHolder::Session(session) => {
                self.sessions.end(session).await?;
            }
            TokenHolder::Client(holder, jti) => {
                let client = client.ok_or(RevokeTokenError::ClientRequired)?;
                if client.id != holder {
                    return Err(RevokeTokenError::OtherClient);
                }
                let expires_at = Timestamp::from_timestamp_secs(token.claims.exp);
                let expires_at = expires_at.unwrap_or(Timestamp::MAX_UTC);
                self.clients.revoke_token(jti, expires_at).await?;
            }
        }
        Ok(())
    }
}
