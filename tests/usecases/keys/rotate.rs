use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    domain::{KeyAct, KeyChange, KeySet, KeyState, SigningAlgorithm},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
    usecases::keys::{KeysError, Rotation},
};

use super::server::Server;
use crate::support::fixtures::an_initiator;

async fn started() -> Server {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    server
}

#[tokio::test]
async fn a_young_next_key_does_not_take_over_and_the_time_is_told() {
    let server = started().await;
    let before = server.keys().await;
    let next = before.in_state(KeyState::Next).unwrap();
    let expected = Rotation::NotBefore {
        next: next.record.kid.clone(),
        replaced: None,
        wait: server.timings.publish_ahead(),
        at: before.may_sign_from(next, server.timings),
    };
    assert_eq!(
        server.rotate().run(&an_initiator(), None).await.unwrap(),
        expected
    );
    assert_eq!(server.keys().await, before);
}

#[tokio::test]
async fn a_next_key_that_was_published_long_enough_takes_over_at_once() {
    let server = started().await;
    server.clock.advance(server.timings.publish_ahead());
    let before = server.keys().await;
    let kid = |state| before.in_state(state).unwrap().record.kid.clone();
    let rotated = server.rotate().run(&an_initiator(), None).await.unwrap();
    let after = server.keys().await;
    let done = Rotation::Done {
        retired: kid(KeyState::Active),
        active: kid(KeyState::Next),
        next: after.in_state(KeyState::Next).unwrap().record.kid.clone(),
    };
    assert_eq!(rotated, done);
    // The new next key is young in its turn.
    let again = server.rotate().run(&an_initiator(), None).await.unwrap();
    assert!(matches!(again, Rotation::NotBefore { .. }));
}

#[tokio::test]
async fn another_algorithm_is_published_now_and_signs_when_it_is_known() {
    let server = started().await;
    let wanted = Some(SigningAlgorithm::Es256);
    server.clock.advance(Duration::from_hours(24));
    let (_, former) = server.active_and_next().await;
    let told = server.rotate().run(&an_initiator(), wanted).await.unwrap();
    assert!(matches!(told, Rotation::NotBefore { replaced, .. } if replaced == Some(former)));
    let set = server.keys().await;
    let next = set.in_state(KeyState::Next).unwrap().record.clone();
    assert_eq!(next.algorithm, SigningAlgorithm::Es256);
    // Asking again does not start over.
    server.clock.advance(server.timings.publish_ahead());
    let done = server.rotate().run(&an_initiator(), wanted).await.unwrap();
    assert!(matches!(done, Rotation::Done { active, .. } if active == next.kid));
    let loaded = server.maintain().run().await.unwrap();
    for algorithm in ["EdDSA", "ES256"] {
        assert!(
            loaded.jwks.json().contains(algorithm),
            "both are published meanwhile"
        );
    }
}

#[tokio::test]
async fn a_server_of_another_configuration_does_not_replace_the_published_next_key() {
    let server = started().await;
    server
        .rotate()
        .run(&an_initiator(), Some(SigningAlgorithm::Es256))
        .await
        .unwrap();
    let before = server.keys().await;
    // It is configured for EdDSA.
    server.maintain().run().await.unwrap();
    assert_eq!(server.keys().await, before);
}

#[tokio::test]
async fn an_empty_store_has_nothing_to_rotate() {
    let error = Server::new()
        .rotate()
        .run(&an_initiator(), None)
        .await
        .unwrap_err();
    assert!(matches!(error, KeysError::Missing("active")));
}

/// The store as a server sees it that another one overtakes, once.
struct Overtaken {
    other: Server,
    done: AtomicBool,
}

#[async_trait]
impl KeyStore for Overtaken {
    async fn load(&self) -> Result<KeySet, StorageError> {
        self.other.store.load().await
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        if !self.done.swap(true, Ordering::SeqCst) {
            self.other
                .rotate()
                .run(&an_initiator(), None)
                .await
                .unwrap();
        }
        self.other.store.change(change, by, clock).await
    }
}

#[tokio::test]
async fn a_rotation_that_another_server_overtakes_is_planned_anew() {
    let other = started().await;
    other.clock.advance(other.timings.publish_ahead());
    let clock = other.clock.clone();
    let mut server = Server::on(Arc::new(Overtaken {
        other,
        done: AtomicBool::new(false),
    }));
    server.clock = clock;
    let rotation = server.rotate().run(&an_initiator(), None).await.unwrap();
    let set = server.keys().await;
    let next = set.in_state(KeyState::Next).unwrap();
    let expected = Rotation::NotBefore {
        next: next.record.kid.clone(),
        replaced: None,
        wait: server.timings.publish_ahead(),
        at: set.may_sign_from(next, server.timings),
    };
    assert_eq!(rotation, expected);
    assert_eq!(set.keys().len(), 3, "one rotation was carried out");
}
