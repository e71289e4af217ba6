use std::sync::Arc;

use crate::{
    domain::{KeyId, KeyTimings, Page, PageRequest, Position, StoredKey, Timestamp},
    ports::{KeyStore, StorageError},
};

/// Lists the signing keys, the latest made first.
pub struct ListKeys {
    pub keys: Arc<dyn KeyStore>,
    pub timings: KeyTimings,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    pub key: StoredKey,
    /// When it may go over to the next state of its life.
    pub leaves_state_from: Option<Timestamp>,
}

impl ListKeys {
    pub async fn run(
        &self,
        page: &PageRequest<KeyId>,
    ) -> Result<Page<ListedKey, KeyId>, StorageError> {
        let set = self.keys.load().await?;
        let keys = page.of(set.keys(), |key| Position {
            at: key.record.created_at,
            id: key.record.kid.clone(),
        });
        Ok(keys.map(|key| ListedKey {
            key: key.clone(),
            leaves_state_from: set.leaves_state_from(key, self.timings),
        }))
    }
}
