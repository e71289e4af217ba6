use std::sync::Arc;

use crate::{
    domain::{AuthEvent, AuthEventFilter, AuthEventId, Page, PageRequest},
    ports::{AuthEvents, StorageError},
};

pub struct ListAuthEvents {
    pub auth_events: Arc<dyn AuthEvents>,
}

impl ListAuthEvents {
    /// The newest first.
    pub async fn run(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        self.auth_events.list(filter, page).await
    }
}
