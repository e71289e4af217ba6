use std::sync::Arc;

use thiserror::Error;

use super::{InspectToken, InvalidToken, TokenHolder};
use crate::{
    domain::{Session, User},
    ports::{Clock, SessionStore, StorageError},
};

/// Finds the user who presents an access token (RFC 6750), and refuses one
/// whose session is over.
pub struct AuthorizeUser {
    pub inspect_token: Arc<InspectToken>,
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Clone, Debug)]
pub struct AuthorizedUser {
    pub user: User,
    pub session: Session,
}

#[derive(Debug, Error)]
pub enum AuthorizeUserError {
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    #[error("the token is a service client's")]
    NotAUser,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AuthorizeUser {
    pub async fn run(&self, token: &str) -> Result<AuthorizedUser, AuthorizeUserError> {
        let token = self.inspect_token.run(token)?;
        let TokenHolder::Session(session) = token.holder else {
            return Err(AuthorizeUserError::NotAUser);
        };
        if !self.inspect_token.is_for_this_server(&token.claims) {
            return Err(InvalidToken::Audience.into());
        }
        let found = self.sessions.find_live(session, self.clock.now()).await?;
        let (session, user) = found
            .filter(|(_, user)| user.id.to_string() == token.claims.sub)
            .ok_or(InvalidToken::SessionOver)?;
        Ok(AuthorizedUser { user, session })
    }
}
