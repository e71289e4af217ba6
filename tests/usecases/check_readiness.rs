use std::sync::Arc;

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    ports::{Storage, StorageError},
    usecases::{CheckReadiness, KeyRing, Readiness},
};

struct DeadStorage;

#[async_trait]
impl Storage for DeadStorage {
    async fn ping(&self) -> Result<(), StorageError> {
        Err(StorageError::unavailable("gone"))
    }
}

async fn readiness(storage: Arc<dyn Storage>) -> Readiness {
    let ring = Arc::new(KeyRing::default());
    CheckReadiness { storage, ring }.run().await
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_told() {
    assert!(!readiness(Arc::new(DeadStorage)).await.database);
}

#[tokio::test]
async fn a_missing_signing_key_is_told() {
    let readiness = readiness(Arc::new(MemoryStore::default())).await;
    assert_eq!(
        readiness,
        Readiness {
            database: true,
            signing_key: false
        }
    );
}
