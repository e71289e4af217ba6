use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{ClientNetwork, Timestamp, UserId},
    ports::{KnownNetworks, StorageError},
};

#[async_trait]
impl KnownNetworks for MemoryStore {
    async fn is_known(
        &self,
        user: Option<UserId>,
        network: ClientNetwork,
        since: Timestamp,
    ) -> Result<bool, StorageError> {
        let tables = self.tables();
        let last = user.and_then(|user| tables.known_networks.get(&(user, network)));
        Ok(last.is_some_and(|last| *last >= since))
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let mut purged = 0;
        self.tables().known_networks.retain(|_, last| {
            let old = *last < before && purged < u64::from(limit);
            purged += u64::from(old);
            !old
        });
        Ok(purged)
    }
}
