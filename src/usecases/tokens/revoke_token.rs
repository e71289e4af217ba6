use std::sync::Arc;

use thiserror::Error;

use super::{InspectToken, TokenHolder};
use crate::{
    crypto::refresh_token::UnverifiedRefreshToken,
    domain::{Client, Timestamp},
    ports::{ClientStore, SessionStore, StorageError},
    usecases::keys::KeyRing,
};

/// Ends what a token stands for (RFC 7009): the session of a user's access or
/// refresh token, whoever holds it; a service client's access token, for that
/// client alone.
pub struct RevokeToken {
    pub inspect_token: Arc<InspectToken>,
    pub ring: Arc<KeyRing>,
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
}

#[derive(Debug, Error)]
pub enum RevokeTokenError {
    #[error("the token is a service client's, which must authenticate")]
    ClientRequired,
    #[error("the token was issued to another client")]
    OtherClient,
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
        if keys.is_some_and(|keys| keys.refresh.authenticate(token)) {
            self.sessions.end(token.session).await?;
        }
        Ok(())
    }

    async fn access_token(
        &self,
        client: Option<&Client>,
        token: &str,
    ) -> Result<(), RevokeTokenError> {
        let Ok(token) = self.inspect_token.run(token) else {
            return Ok(());
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
