//! Readings of the key store that overlap.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use proptest::prelude::*;
use signet::{
    crypto::jwks::JwksDocument,
    domain::{KeyAct, KeyChange, KeySet, MonotonicTime},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
    usecases::keys::{KeyRing, LoadedKeys, MaintainKeys, RefreshKeys},
};
use tokio::sync::Semaphore;

use super::server::Server;
use crate::support::fixtures::key_timings;

/// A store whose readers stop before they look at it and after.
struct Stops {
    store: Arc<dyn KeyStore>,
    asked: Semaphore,
    look: Semaphore,
    looked: Semaphore,
    go_on: Semaphore,
}

impl Stops {
    fn on(server: &Server) -> Arc<Self> {
        Arc::new(Self {
            store: server.store.clone(),
            asked: Semaphore::new(0),
            look: Semaphore::new(0),
            looked: Semaphore::new(0),
            go_on: Semaphore::new(0),
        })
    }

    /// Lets all readings pass that are still to come.
    fn open(&self) {
        self.look.add_permits(100);
        self.go_on.add_permits(100);
    }
}

#[async_trait]
impl KeyStore for Stops {
    async fn load(&self) -> Result<KeySet, StorageError> {
        self.asked.add_permits(1);
        self.look.acquire().await.unwrap().forget();
        let set = self.store.load().await;
        self.looked.add_permits(1);
        self.go_on.acquire().await.unwrap().forget();
        set
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        self.store.change(change, by, clock).await
    }
}

/// Upkeep that shares the ring and reads by way of that store.
fn upkeep(server: &Server, ring: &Arc<KeyRing>, store: &Arc<Stops>) -> MaintainKeys {
    let mut other = Server::on(store.clone());
    other.clock = server.clock.clone();
    MaintainKeys {
        ring: ring.clone(),
        ..other.maintain()
    }
}

#[tokio::test]
async fn a_reading_that_began_later_and_saw_less_brings_no_revoked_key_back() {
    let server = Server::new();
    let first = server.maintain();
    first.run().await.unwrap();
    let ring = first.ring.clone();
    let (active, next) = server.active_and_next().await;
    let (early, late) = (Stops::on(&server), Stops::on(&server));
    let begins_early = upkeep(&server, &ring, &early);
    let begins_late = upkeep(&server, &ring, &late);
    let begins_early = tokio::spawn(async move { begins_early.run().await });
    early.asked.acquire().await.unwrap().forget();
    server.clock.advance(Duration::from_secs(1));
    let begins_late = tokio::spawn(async move { begins_late.run().await });
    late.look.add_permits(1);
    late.looked.acquire().await.unwrap().forget();
    // The one has seen the key, and the other is about to look.
    server.revoke(&active).await;
    early.open();
    begins_early.await.unwrap().unwrap();
    assert!(ring.published().unwrap().verifying(&active).is_none());
    late.open();
    let keys = begins_late.await.unwrap().unwrap();
    assert_eq!(keys.active.kid(), &next);
    assert!(ring.published().unwrap().verifying(&active).is_none());
}

/// A reading at its stages: begun with what was published, and looked at the store.
enum Reading {
    Begun(Option<Arc<LoadedKeys>>),
    Looked(Option<Arc<LoadedKeys>>, u64),
}

/// Keys as the store's version shows them, which stands in the warnings.
fn keys_of(version: u64) -> Arc<LoadedKeys> {
    Arc::new(LoadedKeys {
        active: None,
        published: HashMap::new(),
        lives: KeySet::default(),
        jwks: Arc::new(JwksDocument::render([]).unwrap()),
        refresh: RefreshKeys::default(),
        read_at: MonotonicTime::default(),
        warnings: vec![version.to_string()],
    })
}

fn version_of(ring: &KeyRing) -> u64 {
    let published = ring.published();
    published.map_or(0, |keys| keys.warnings[0].parse().unwrap())
}

proptest! {
    /// Each number takes a reading one step further, or changes the store.
    #[test]
    fn however_readings_overlap_the_ring_never_goes_back(
        steps in prop::collection::vec(0_usize..5, 0..200)
    ) {
        let ring = KeyRing::new(key_timings().staleness);
        let mut stored = 1;
        let mut readings = [const { None }; 4];
        for step in steps {
            let Some(reading) = readings.get_mut(step) else {
                stored += 1;
                continue;
            };
            let shown = version_of(&ring);
            *reading = match reading.take() {
                None => Some(Reading::Begun(ring.published())),
                Some(Reading::Begun(before)) => Some(Reading::Looked(before, stored)),
                Some(Reading::Looked(before, version)) => {
                    if ring.install(before.as_ref(), keys_of(version)) {
                        prop_assert_eq!(version_of(&ring), version);
                    } else {
                        prop_assert_eq!(version_of(&ring), shown);
                    }
                    None
                }
            };
            prop_assert!(version_of(&ring) >= shown);
        }
        // One that overlaps no other is gone by.
        let before = ring.published();
        prop_assert!(ring.install(before.as_ref(), keys_of(stored)));
    }
}
