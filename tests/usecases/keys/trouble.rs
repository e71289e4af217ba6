//! Stores that fail, and rows that cannot be.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{KeyAct, KeyChange, KeySet, KeyState},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
    usecases::{
        CheckReadiness,
        keys::{KeysError, NoSigningKey, PublishKeys},
    },
};

use super::server::Server;
use crate::support::fresh_keys::FreshKeys;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// Nothing can be written.
    ReadOnly,
    /// Nothing can be read.
    Unreadable,
    /// The active key is gone.
    NoActive,
    Panicking,
}

/// A store as one of its servers sees it.
struct Faulty {
    store: Arc<dyn KeyStore>,
    fault: Mutex<Fault>,
}

impl Faulty {
    fn on(server: &Server) -> Arc<Self> {
        Arc::new(Self {
            store: server.store.clone(),
            fault: Mutex::new(Fault::None),
        })
    }

    fn fail_with(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap()
    }
}

#[async_trait]
impl KeyStore for Faulty {
    async fn load(&self) -> Result<KeySet, StorageError> {
        match self.fault() {
            Fault::Panicking => panic!("as a test wants it"),
            Fault::NoActive => {
                let mut keys = self.store.load().await?.keys().to_vec();
                keys.retain(|key| key.life.state != KeyState::Active);
                Ok(KeySet::new(keys, Vec::new()))
            }
            Fault::Unreadable => Err(StorageError::unavailable("unreadable")),
            _ => self.store.load().await,
        }
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        match self.fault() {
            Fault::None => self.store.change(change, by, clock).await,
            _ => Err(StorageError::unavailable("read-only")),
        }
    }
}

/// A server whose view of the store can fail, beside one whose cannot.
fn beside(server: &Server) -> (Server, Arc<Faulty>) {
    let store = Faulty::on(server);
    let mut other = Server::on(store.clone());
    other.clock = server.clock.clone();
    (other, store)
}

#[tokio::test]
async fn what_was_revoked_is_dropped_although_what_is_due_cannot_be_done() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    let (beside, store) = beside(&server);
    let maintain = beside.maintain();
    maintain.run().await.unwrap();
    let (active, next) = server.active_and_next().await;
    server.revoke(&active).await;
    // Both have signed with the next key since.
    server.maintain().run().await.unwrap();
    server.clock.advance(server.timings.rotation_interval);
    store.fail_with(Fault::ReadOnly);
    let error = maintain.run().await.unwrap_err();
    assert!(matches!(error, KeysError::Storage(_)), "{error}");
    let ring = &maintain.ring;
    assert!(ring.published().unwrap().verifying(&active).is_none());
    let signing = ring.signing(server.clock.monotonic()).unwrap();
    assert_eq!(signing.active.kid(), &next);
    assert!(ring.trouble().unwrap().contains("unavailable"));
}

#[tokio::test]
async fn a_key_signs_nothing_before_its_row_tells_how_long_its_tokens_live() {
    let server = Server::new();
    let (mut beside, store) = beside(&server);
    beside.timings.token_lifetime = Duration::from_hours(24);
    server.maintain().run().await.unwrap();
    let maintain = beside.maintain();
    maintain.run().await.unwrap();
    let (active, _) = server.active_and_next().await;
    server.revoke(&active).await;
    store.fail_with(Fault::ReadOnly);
    maintain.run().await.unwrap_err();
    let ring = &maintain.ring;
    assert!(ring.published().unwrap().verifying(&active).is_none());
    let signing = ring.signing(server.clock.monotonic());
    assert!(matches!(signing, Err(NoSigningKey::Unopened)));
    store.fail_with(Fault::None);
    maintain.run().await.unwrap();
    assert!(ring.signing(server.clock.monotonic()).is_ok());
    assert_eq!(ring.trouble(), None);
}

#[tokio::test]
async fn any_number_of_keys_expires_in_one_run() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    let maker = server.maker_of(Arc::new(FreshKeys));
    for among in 2..152 {
        let mut key = maker.make().await.unwrap();
        key.life = key.life.retired(server.clock.now(), Duration::ZERO);
        let added = server
            .store
            .change(&KeyChange::AddRetired { key, among }, None, &*server.clock)
            .await;
        assert_eq!(added.unwrap(), KeyChanged::Done);
    }
    server.clock.advance(Duration::from_hours(1));
    let loaded = server.maintain().run().await.unwrap();
    assert_eq!(loaded.published.len(), 2);
    let set = server.keys().await;
    let expired = set.keys().iter();
    let expired = expired.filter(|key| key.life.state == KeyState::Expired);
    assert_eq!(expired.count(), 150);
}

#[tokio::test]
async fn a_panic_is_told_and_the_next_run_goes_on() {
    let server = Server::on(Arc::new(MemoryStore::default()));
    let (beside, store) = beside(&server);
    let maintain = beside.maintain();
    maintain.run().await.unwrap();
    store.fail_with(Fault::Panicking);
    let error = maintain.run().await.unwrap_err();
    assert!(matches!(error, KeysError::Panicked));
    assert!(maintain.ring.trouble().unwrap().contains("panicked"));
    assert!(maintain.ring.published().is_some());
    store.fail_with(Fault::None);
    maintain.run().await.unwrap();
    assert_eq!(maintain.ring.trouble(), None);
}

#[tokio::test]
async fn a_server_that_is_not_ready_tells_what_keeps_it_from_reading_its_keys() {
    let server = Server::new();
    let (beside, store) = beside(&server);
    let maintain = beside.maintain();
    maintain.run().await.unwrap();
    store.fail_with(Fault::Unreadable);
    server.clock.advance(Duration::from_secs(61));
    maintain.run().await.unwrap_err();
    let check = CheckReadiness {
        limits: None,
        storage: Arc::new(MemoryStore::default()),
        ring: maintain.ring.clone(),
        clock: server.clock.clone(),
    };
    let readiness = check.run().await;
    let [missing] = &readiness.missing[..] else {
        panic!("{readiness:?}")
    };
    assert_eq!(missing.field, "signing_key");
    for words in ["61 s ago", "unavailable"] {
        assert!(missing.message.contains(words), "{}", missing.message);
    }
}

#[tokio::test]
async fn a_running_server_whose_active_key_was_deleted_tells_what_helps_while_it_runs() {
    let server = Server::new();
    let (beside, store) = beside(&server);
    let maintain = beside.maintain();
    maintain.run().await.unwrap();
    store.fail_with(Fault::NoActive);
    let error = maintain.run().await.unwrap_err();
    assert!(matches!(error, KeysError::Missing("active")));
    let trouble = maintain.ring.trouble().unwrap();
    assert!(trouble.contains("from a backup"), "{trouble}");
    assert!(!trouble.contains("start"), "{trouble}");
}

#[tokio::test]
async fn tokens_are_signed_and_keys_published_without_asking_the_store() {
    let server = Server::new();
    let (beside, store) = beside(&server);
    let ring = {
        let maintain = beside.maintain();
        maintain.run().await.unwrap();
        maintain.ring
    };
    // Whoever asks it panics.
    store.fail_with(Fault::Panicking);
    let publish = PublishKeys {
        ring: ring.clone(),
        clock: server.clock.clone(),
        max_age: Duration::from_mins(5),
    };
    for _ in 0..3 {
        let keys = ring.signing(server.clock.monotonic()).unwrap();
        keys.active.sign(&serde_json::json!({})).unwrap();
        let published = publish.run().unwrap();
        assert!(published.jwks.json().contains(keys.active.kid().as_str()));
    }
}
