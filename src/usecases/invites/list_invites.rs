use std::sync::Arc;

use crate::{
    domain::{Invite, InviteId, Page, PageRequest},
    ports::{InviteStore, StorageError},
};

pub struct ListInvites {
    pub invites: Arc<dyn InviteStore>,
}

impl ListInvites {
    /// The latest made first.
    pub async fn run(
        &self,
        page: &PageRequest<InviteId>,
    ) -> Result<Page<Invite, InviteId>, StorageError> {
        self.invites.list(page).await
    }
}
