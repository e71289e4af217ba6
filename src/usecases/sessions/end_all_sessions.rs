use std::sync::Arc;

use crate::{
    domain::UserId,
    ports::{SessionStore, StorageError},
};

/// Logs a user out everywhere.
pub struct EndAllSessions {
    pub sessions: Arc<dyn SessionStore>,
}

impl EndAllSessions {
    /// How many sessions there were.
    pub async fn run(&self, user: UserId) -> Result<u64, StorageError> {
        self.sessions.end_all(user).await
    }
}
