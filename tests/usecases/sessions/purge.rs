use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{Act, Session, SessionId, Timestamp, User, UserId},
    ports::{RefreshAttempt, Refreshed, SessionStore, StorageError},
    usecases::sessions::PurgeExpired,
};

use super::fixture::Fixture;

#[tokio::test]
async fn what_is_over_for_a_day_is_deleted_and_the_rest_is_not() {
    let f = Fixture::new().await;
    let billing = f.client("billing").await;
    f.log_in().await;
    let token = f.client_token(&billing);
    f.revoke().run(Some(&billing), &token).await.unwrap();
    f.clock.advance(Duration::from_hours(24 * 29));
    f.upkeep.run().await.unwrap();
    f.log_in().await;
    f.clock.advance(Duration::from_hours(48));
    let purge = PurgeExpired {
        sessions: f.store.clone(),
        clients: f.store.clone(),
        known_networks: f.store.clone(),
        clock: f.clock.clone(),
    };
    let purged = purge.run().await.unwrap();
    assert_eq!((purged.sessions, purged.revocations), (1, 1));
    let left = f.store.list_live(f.user.id, f.now()).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(purge.run().await.unwrap().sessions, 0);
}

/// A store of so many sessions that are over.
#[derive(Default)]
struct Heap {
    left: Mutex<u64>,
    limits: Mutex<Vec<u32>>,
}

#[async_trait]
impl SessionStore for Heap {
    async fn refresh(&self, _: RefreshAttempt) -> Result<Refreshed, StorageError> {
        Ok(Refreshed::NoSession)
    }

    async fn find_live(
        &self,
        _: SessionId,
        _: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        Ok(None)
    }

    async fn list_live(&self, _: UserId, _: Timestamp) -> Result<Vec<Session>, StorageError> {
        Ok(Vec::new())
    }

    async fn end(&self, _: SessionId) -> Result<bool, StorageError> {
        Ok(false)
    }

    async fn end_all(&self, _: UserId, _: Option<&Act>) -> Result<u64, StorageError> {
        Ok(0)
    }

    async fn purge(&self, _: Timestamp, limit: u32) -> Result<u64, StorageError> {
        self.limits.lock().unwrap().push(limit);
        let mut left = self.left.lock().unwrap();
        let purged = u64::from(limit).min(*left);
        *left -= purged;
        Ok(purged)
    }
}

#[tokio::test]
async fn no_step_deletes_more_than_a_thousand() {
    let f = Fixture::new().await;
    let heap = Arc::new(Heap {
        left: Mutex::new(2500),
        ..Heap::default()
    });
    let purge = PurgeExpired {
        sessions: heap.clone(),
        clients: Arc::new(MemoryStore::default()),
        known_networks: Arc::new(MemoryStore::default()),
        clock: f.clock.clone(),
    };
    assert_eq!(purge.run().await.unwrap().sessions, 2500);
    assert_eq!(*heap.limits.lock().unwrap(), [1000; 3]);
}
