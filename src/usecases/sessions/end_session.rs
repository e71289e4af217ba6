use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::{SessionId, UserId},
    ports::{Clock, SessionStore, StorageError},
};

/// Logs a user out of one session.
pub struct EndSession {
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug, Error)]
pub enum EndSessionError {
    #[error("the user has no such session")]
    NotFound,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EndSession {
    pub async fn run(&self, user: UserId, session: SessionId) -> Result<(), EndSessionError> {
        let found = self.sessions.find_live(session, self.clock.now()).await?;
        // A session never changes hands: what was the user's still is.
        let (session, _) = found
            .filter(|(session, _)| session.user == user)
            .ok_or(EndSessionError::NotFound)?;
        if self.sessions.end(session.id).await? {
            Ok(())
        } else {
            Err(EndSessionError::NotFound)
        }
    }
}
