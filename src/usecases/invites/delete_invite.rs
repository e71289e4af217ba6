use std::sync::Arc;

use crate::{
    domain::InviteId,
    ports::{Clock, InviteStore, StorageError},
    usecases::Initiator,
};

/// Deletes an invite: it opens no account any more.
pub struct DeleteInvite {
    pub invites: Arc<dyn InviteStore>,
    pub clock: Arc<dyn Clock>,
}

impl DeleteInvite {
    /// False when there was none.
    pub async fn run(&self, by: &Initiator, id: InviteId) -> Result<bool, StorageError> {
        self.invites.delete(id, &by.acts(self.clock.now())).await
    }
}
