use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    ports::{Storage, StorageError},
    usecases::{CheckReadiness, Readiness, keys::KeyRing},
};

use crate::support::clock::ManualClock;

struct DeadStorage;

#[async_trait]
impl Storage for DeadStorage {
    async fn ping(&self) -> Result<(), StorageError> {
        Err(StorageError::unavailable("gone"))
    }
}

async fn missing(storage: Arc<dyn Storage>) -> Vec<String> {
    let check = CheckReadiness {
        storage,
        ring: Arc::new(KeyRing::new(Duration::from_mins(1))),
        limits: None,
        clock: Arc::new(ManualClock::new()),
    };
    let Readiness { missing, .. } = check.run().await;
    missing
        .iter()
        .map(|error| error.field.to_string())
        .collect()
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_told() {
    assert_eq!(
        missing(Arc::new(DeadStorage)).await,
        ["database", "signing_key"]
    );
}

#[tokio::test]
async fn a_missing_signing_key_is_told() {
    assert_eq!(
        missing(Arc::new(MemoryStore::default())).await,
        ["signing_key"]
    );
}
