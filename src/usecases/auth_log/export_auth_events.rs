use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::{
        AuthEvent, AuthEventFilter, AuthEventId, Page, PageRequest, PageSize, Position, SessionId,
    },
    ports::{AuthEvents, Clock, SessionStore, StorageError},
};

/// Hands all events that match to an admin, one part after the other. Nothing
/// is held in between, however long the admin takes.
pub struct ExportAuthEvents {
    pub auth_events: Arc<dyn AuthEvents>,
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug, Error)]
pub enum ExportError {
    /// The session is over, or its account is no admin any more.
    #[error("whoever asked may not read on")]
    NotAllowed,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ExportAuthEvents {
    /// The part after the one that ended there, the newest events first. It is
    /// empty only if it is the last one.
    ///
    /// What counts is whether the session's account is an admin by then. The
    /// access token may expire meanwhile: an export takes longer than it lives.
    pub async fn run(
        &self,
        admin: SessionId,
        filter: &AuthEventFilter,
        after: Option<Position<AuthEventId>>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, ExportError> {
        let mut page = PageRequest {
            size: PageSize::MAX,
            after,
        };
        loop {
            let found = self.sessions.find_live(admin, self.clock.now()).await?;
            if !found.is_some_and(|(_, user)| user.is_admin()) {
                return Err(ExportError::NotAllowed);
            }
            let part = self.auth_events.list(filter, &page).await?;
            if part.items.is_empty() && part.next.is_some() {
                page.after = part.next;
            } else {
                return Ok(part);
            }
        }
    }
}
