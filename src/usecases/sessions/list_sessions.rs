use std::sync::Arc;

use crate::{
    domain::{Session, UserId},
    ports::{Clock, SessionStore, StorageError},
};

/// Where a user is logged in.
pub struct ListSessions {
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
}

impl ListSessions {
    /// The latest used first.
    pub async fn run(&self, user: UserId) -> Result<Vec<Session>, StorageError> {
        self.sessions.list_live(user, self.clock.now()).await
    }
}
