use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{KeyChange, KeySet},
    ports::{KeyChanged, KeyStore, StorageError},
};

#[async_trait]
impl KeyStore for MemoryStore {
    async fn load(&self) -> Result<KeySet, StorageError> {
        Ok(self.tables().keys.clone())
    }

    async fn change(&self, change: &KeyChange) -> Result<KeyChanged, StorageError> {
        let mut tables = self.tables();
        match tables.keys.after(change) {
            Some(keys) => {
                tables.keys = keys;
                Ok(KeyChanged::Done)
            }
            None => Ok(KeyChanged::Outdated),
        }
    }
}
