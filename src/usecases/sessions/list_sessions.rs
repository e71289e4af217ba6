use std::{sync::Arc, time::Duration};

use crate::{
    domain::{Page, PageRequest, Session, SessionId, UserId},
    ports::{Clock, SessionStore, StorageError},
};

/// Lists where a user is logged in.
pub struct ListSessions {
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
    pub reuse_window: Duration,
}

impl ListSessions {
    /// The latest begun first, each with when its user is told that it was last
    /// used. A user has few sessions: the pages are cut here.
    pub async fn run(
        &self,
        user: UserId,
        page: &PageRequest<SessionId>,
    ) -> Result<Page<Session, SessionId>, StorageError> {
        let now = self.clock.now();
        let mut live = self.sessions.list_live(user, now).await?;
        live.retain(|session| page.follows(&session.position()));
        for session in &mut live {
            session.last_used_at = session.told_last_used(now, self.reuse_window);
        }
        Ok(Page::cut(live, page.size, Session::position))
    }
}
