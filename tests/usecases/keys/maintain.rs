use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    crypto::MasterKeys,
    domain::{KeyAct, KeyChange, KeySet, KeyState},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
    usecases::keys::{KeysError, NoSigningKey, PublishKeys},
};

use super::server::Server;
use crate::support::fixtures::{another_master_key, master_key};

async fn count(server: &Server, state: KeyState) -> usize {
    let set = server.keys().await;
    set.keys()
        .iter()
        .filter(|key| key.life.state == state)
        .count()
}

#[tokio::test]
async fn the_first_start_makes_an_active_and_a_next_key_in_one_step() {
    let server = Server::new();
    let loaded = server.maintain().run().await.unwrap();
    let set = server.keys().await;
    assert_eq!(set.keys().len(), 2);
    let active = set.in_state(KeyState::Active).unwrap();
    let next = set.in_state(KeyState::Next).unwrap();
    assert_eq!(loaded.active.kid(), &active.record.kid);
    for key in [active, next] {
        assert!(loaded.jwks.json().contains(key.record.kid.as_str()));
    }
}

#[tokio::test]
async fn a_later_start_reuses_the_keys() {
    let server = Server::new();
    let first = server.maintain().run().await.unwrap();
    let second = server.maintain().run().await.unwrap();
    assert_eq!(first.jwks, second.jwks);
    assert_eq!(first.active.kid(), second.active.kid());
}

#[tokio::test]
async fn what_is_published_is_the_same_document_until_it_changes() {
    let server = Server::new();
    let maintain = server.maintain();
    let published = PublishKeys {
        ring: maintain.ring.clone(),
        clock: server.clock.clone(),
        max_age: server.timings.jwks_max_age,
    };
    maintain.run().await.unwrap();
    let first = published.run().unwrap();
    server.clock.advance(Duration::from_secs(10));
    maintain.run().await.unwrap();
    let reread = published.run().unwrap();
    assert!(Arc::ptr_eq(&first.jwks, &reread.jwks));
}

#[tokio::test]
async fn of_two_servers_that_start_at_once_both_sign_with_one_key() {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::default());
    let (one, other) = (Server::on(store.clone()), Server::on(store));
    let (one_maintains, other_maintains) = (one.maintain(), other.maintain());
    let (a, b) = tokio::join!(one_maintains.run(), other_maintains.run());
    assert_eq!(a.unwrap().active.kid(), b.unwrap().active.kid());
    assert_eq!(one.keys().await.keys().len(), 2);
}

#[tokio::test]
async fn the_next_key_takes_over_when_the_interval_is_over_and_not_before() {
    let server = Server::new();
    let maintain = server.maintain();
    let before = maintain.run().await.unwrap().active.kid().clone();
    let next = server
        .keys()
        .await
        .in_state(KeyState::Next)
        .unwrap()
        .record
        .kid
        .clone();
    let almost = server.timings.rotation_interval;
    server
        .clock
        .advance(almost.saturating_sub(Duration::from_micros(1)));
    assert_eq!(maintain.run().await.unwrap().active.kid(), &before);
    server.clock.advance(Duration::from_micros(1));
    assert_eq!(maintain.run().await.unwrap().active.kid(), &next);
    assert_eq!(count(&server, KeyState::Next).await, 1);
    assert_eq!(count(&server, KeyState::Retired).await, 1);
}

#[tokio::test]
async fn a_server_that_was_down_over_many_rotations_catches_up_with_one() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    server.clock.advance(server.timings.rotation_interval * 10);
    server.maintain().run().await.unwrap();
    assert_eq!(server.keys().await.keys().len(), 3);
    assert_eq!(count(&server, KeyState::Retired).await, 1);
}

#[tokio::test]
async fn a_retired_key_expires_when_its_last_token_must_be_dead() {
    let server = Server::new();
    let maintain = server.maintain();
    let first = maintain.run().await.unwrap().active.kid().clone();
    server.clock.advance(server.timings.rotation_interval);
    maintain.run().await.unwrap();
    let t = server.timings;
    // Tokens of a server that reread last, their lifetime, and verifiers behind them.
    let retention = t.signs_after_retirement() + t.token_lifetime + t.published_after_expiry();
    server
        .clock
        .advance(retention.saturating_sub(Duration::from_micros(1)));
    let kept = maintain.run().await.unwrap();
    assert!(kept.jwks.json().contains(first.as_str()));
    server.clock.advance(Duration::from_micros(1));
    let gone = maintain.run().await.unwrap();
    assert!(!gone.jwks.json().contains(first.as_str()));
    let set = server.keys().await;
    assert_eq!(set.get(&first).unwrap().sealed, None);
}

#[tokio::test]
async fn lowering_the_lifetime_strands_no_token_of_the_longer_one() {
    let mut server = Server::new();
    server.timings.token_lifetime = Duration::from_hours(24);
    let first = server.maintain().run().await.unwrap().active.kid().clone();
    server.timings.token_lifetime = Duration::from_mins(5);
    server.clock.advance(server.timings.rotation_interval);
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    server.clock.advance(Duration::from_hours(24));
    let loaded = maintain.run().await.unwrap();
    assert!(loaded.jwks.json().contains(first.as_str()));
}

#[tokio::test]
async fn a_longer_lifetime_is_noted_before_it_is_signed_with() {
    let mut server = Server::new();
    server.maintain().run().await.unwrap();
    server.timings.token_lifetime = Duration::from_hours(24);
    server.maintain().run().await.unwrap();
    let set = server.keys().await;
    let active = set.in_state(KeyState::Active).unwrap();
    assert_eq!(active.life.longest_lifetime, Duration::from_hours(24));
}

/// A store that can be cut off.
struct Cuttable {
    inner: MemoryStore,
    cut: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl KeyStore for Cuttable {
    async fn load(&self) -> Result<KeySet, StorageError> {
        if self.cut.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(StorageError::unavailable("cut off"));
        }
        self.inner.load().await
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        self.inner.change(change, by, clock).await
    }
}

#[tokio::test]
async fn a_server_that_cannot_reread_stops_signing_and_goes_on_publishing() {
    let store = Arc::new(Cuttable {
        inner: MemoryStore::default(),
        cut: false.into(),
    });
    let server = Server::on(store.clone());
    let maintain = server.maintain();
    let loaded = maintain.run().await.unwrap();
    store.cut.store(true, std::sync::atomic::Ordering::SeqCst);
    server.clock.advance(server.timings.staleness);
    maintain.run().await.unwrap_err();
    let ring = &maintain.ring;
    assert!(ring.signing(server.clock.monotonic()).is_ok());
    assert!(ring.trouble().unwrap().contains("unavailable"));
    server.clock.advance(Duration::from_secs(100));
    let stale = ring.signing(server.clock.monotonic()).unwrap_err();
    assert!(matches!(stale, NoSigningKey::Stale { .. }));

    let publish = PublishKeys {
        ring: ring.clone(),
        clock: server.clock.clone(),
        max_age: server.timings.jwks_max_age,
    };
    let published = publish.run().unwrap();
    assert_eq!(published.jwks, loaded.jwks);
    assert_eq!(published.max_age, Duration::from_secs(200));
    // As the clock of a real machine: it gives no second that is not over.
    server.clock.advance(Duration::from_nanos(1));
    assert_eq!(publish.run().unwrap().max_age, Duration::from_secs(199));
    server.clock.advance(Duration::from_hours(1));
    assert_eq!(publish.run().unwrap().max_age, Duration::ZERO);

    store.cut.store(false, std::sync::atomic::Ordering::SeqCst);
    maintain.run().await.unwrap();
    assert!(ring.signing(server.clock.monotonic()).is_ok());
    assert_eq!(ring.trouble(), None);
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_with_the_kids_and_the_master_key_id_they_want() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    let before = server.keys().await;
    let mut wrong = Server::on(server.store.clone());
    wrong.master_keys = Arc::new(MasterKeys::new(another_master_key(), Vec::new()));
    let maintain = wrong.maintain();
    let error = maintain.run().await.unwrap_err();
    assert!(matches!(error, KeysError::Unopened(_)), "{error}");
    let message = error.to_string();
    assert!(
        message.contains(&master_key().id().to_string()),
        "{message}"
    );
    for key in before.keys() {
        assert!(message.contains(key.record.kid.as_str()), "{message}");
    }
    assert_eq!(server.keys().await, before);
    assert!(maintain.ring.published().is_none());
}

#[tokio::test]
async fn a_server_with_the_previous_master_key_opens_all() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    let mut both = Server::on(server.store.clone());
    both.master_keys = Arc::new(MasterKeys::new(another_master_key(), vec![master_key()]));
    both.maintain().run().await.unwrap();
}
