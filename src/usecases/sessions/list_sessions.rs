use std::sync::Arc;

use crate::{
    domain::{Page, PageRequest, Session, SessionId, UserId},
    ports::{Clock, SessionStore, StorageError},
};

/// Lists where a user is logged in.
pub struct ListSessions {
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
}

impl ListSessions {
    /// The latest used first. A user has few sessions: the pages are cut here.
    pub async fn run(
        &self,
        user: UserId,
        page: &PageRequest<SessionId>,
    ) -> Result<Page<Session, SessionId>, StorageError> {
        let mut live = self.sessions.list_live(user, self.clock.now()).await?;
        live.retain(|session| page.follows(&session.position()));
        Ok(Page::cut(live, page.size, Session::position))
    }
}
