use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{KeyAct, KeyChange, KeySet},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
};

#[async_trait]
impl KeyStore for MemoryStore {
    async fn load(&self) -> Result<KeySet, StorageError> {
        Ok(self.tables().keys.clone())
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        let mut tables = self.tables();
        let Some(keys) = tables.keys.after(change) else {
            return Ok(KeyChanged::Outdated);
        };
        if change.is_late(clock.now()) {
            return Err(StorageError::unavailable("the change is dated too early"));
        }
        // Nothing can delay it from here on.
        if let Some(by) = by {
            let event = by.event(&tables.keys, &keys);
            tables.audit_log.add(event);
        }
        tables.keys = keys;
        Ok(KeyChanged::Done)
    }
}
