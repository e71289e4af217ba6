use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::SealedKey,
    ports::{FirstKey, KeyStore, StorageError},
};

#[async_trait]
impl KeyStore for MemoryStore {
    async fn load(&self) -> Result<Vec<SealedKey>, StorageError> {
        Ok(self.tables().keys.clone())
    }

    async fn add_first(&self, key: &SealedKey) -> Result<FirstKey, StorageError> {
        let mut tables = self.tables();
        if !tables.keys.is_empty() {
            return Ok(FirstKey::NotFirst);
        }
        tables.keys.push(key.clone());
        Ok(FirstKey::Added)
    }
}
