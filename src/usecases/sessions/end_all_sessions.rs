use std::sync::Arc;

use crate::{
    domain::UserId,
    ports::{Clock, SessionStore, StorageError},
    usecases::Initiator,
};

/// Logs a user out everywhere.
pub struct EndAllSessions {
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
}

impl EndAllSessions {
    /// How many sessions there were. `by` says who does it, unless it is the
    /// user.
    pub async fn run(&self, user: UserId, by: Option<&Initiator>) -> Result<u64, StorageError> {
        let act = by.map(|by| by.acts(self.clock.now()));
        self.sessions.end_all(user, act.as_ref()).await
    }
}
