use std::sync::Arc;

use crate::{
    domain::ClientId,
    ports::{ClientStore, Clock, StorageError},
    usecases::Initiator,
};

/// Deletes a service client: it gets no more tokens.
pub struct DeleteClient {
    pub clients: Arc<dyn ClientStore>,
    pub clock: Arc<dyn Clock>,
}

impl DeleteClient {
    /// False when there was none.
    pub async fn run(&self, by: &Initiator, id: &ClientId) -> Result<bool, StorageError> {
        self.clients.delete(id, &by.acts(self.clock.now())).await
    }
}
