//! Keys under a master key that a server lacks.

use std::{sync::Arc, time::Duration};

use signet::{
    crypto::MasterKeys,
    domain::KeyState,
    ports::Clock,
    usecases::keys::{KeysError, NoSigningKey, PublishKeys},
};

use super::server::Server;
use crate::support::fixtures::{an_initiator, another_master_key, master_key};

/// The same store and clock as seen by a server with these master keys.
fn seen_with(server: &Server, master_keys: MasterKeys) -> Server {
    let mut other = Server::on(server.store.clone());
    other.clock = server.clock.clone();
    other.master_keys = Arc::new(master_keys);
    other
}

fn with_both(server: &Server) -> Server {
    let both = MasterKeys::new(another_master_key(), vec![master_key()]);
    seen_with(server, both)
}

fn with_the_new_one(server: &Server) -> Server {
    seen_with(server, MasterKeys::new(another_master_key(), Vec::new()))
}

#[tokio::test]
async fn a_revoked_key_is_dropped_by_a_server_that_cannot_open_its_replacement() {
    let server = Server::new();
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    let (active, next) = server.active_and_next().await;
    // The replacement is sealed under a master key that the server lacks.
    with_both(&server).revoke(&active).await;
    server.clock.advance(Duration::from_secs(10));
    let error = maintain.run().await.unwrap_err();
    assert!(matches!(error, KeysError::Unopened(_)), "{error}");
    let published = maintain.ring.published().unwrap();
    assert!(!published.jwks.json().contains(active.as_str()));
    assert!(published.verifying(&active).is_none());
    assert!(published.jwks.json().contains(next.as_str()));
    // It knows the key that signs now, and knows not the one that signs next.
    let now = server.clock.monotonic();
    let signing = maintain.ring.signing(now).unwrap();
    assert_eq!(signing.active.kid(), &next);
    assert!(maintain.ring.trouble().unwrap().contains("does not open"));
}

#[tokio::test]
async fn a_key_set_that_opens_in_part_grows_old() {
    let server = Server::new();
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    let (active, _) = server.active_and_next().await;
    with_both(&server).revoke(&active).await;
    for _ in 0..7 {
        server.clock.advance(Duration::from_secs(10));
        maintain.run().await.unwrap_err();
    }
    let stale = maintain.ring.signing(server.clock.monotonic());
    assert!(matches!(stale, Err(NoSigningKey::Stale { .. })));
    let publish = PublishKeys {
        ring: maintain.ring.clone(),
        clock: server.clock.clone(),
        max_age: server.timings.jwks_max_age,
    };
    let overdue = Duration::from_secs(10);
    let max_age = server.timings.jwks_max_age.saturating_sub(overdue);
    assert_eq!(publish.run().unwrap().max_age, max_age);
}

#[tokio::test]
async fn a_server_whose_active_key_is_gone_and_whose_new_one_does_not_open_signs_nothing() {
    let server = Server::new();
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    let (active, next) = server.active_and_next().await;
    let both = with_both(&server);
    both.revoke(&next).await;
    both.revoke(&active).await;
    maintain.run().await.unwrap_err();
    let signing = maintain.ring.signing(server.clock.monotonic());
    assert!(matches!(signing, Err(NoSigningKey::Unopened)));
    let published = maintain.ring.published().unwrap();
    assert!(published.published.is_empty());
    // What it lacked is given to it.
    with_both(&server)
        .rewrap()
        .run(&an_initiator())
        .await
        .unwrap();
    let given = with_both(&server).maintain();
    given.run().await.unwrap();
}

#[tokio::test]
async fn a_retired_key_goes_on_signing_where_the_new_one_does_not_open_until_the_set_is_too_old() {
    let server = Server::new();
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    let (active, next) = server.active_and_next().await;
    let both = with_both(&server);
    both.revoke(&next).await;
    server.clock.advance(server.timings.publish_ahead());
    maintain.run().await.unwrap_err();
    both.rotate().run(&an_initiator(), None).await.unwrap();
    // Too long since the last whole reading.
    maintain.run().await.unwrap_err();
    let now = server.clock.monotonic();
    let stale = maintain.ring.signing(now);
    assert!(matches!(stale, Err(NoSigningKey::Stale { .. })));
    let published = maintain.ring.published().unwrap();
    assert_eq!(published.active.as_ref().unwrap().kid(), &active);
}

#[tokio::test]
async fn a_server_that_lacks_a_master_key_seals_nothing_and_says_so() {
    let server = Server::new();
    let straggler = server.maintain();
    straggler.run().await.unwrap();
    with_both(&server)
        .rewrap()
        .run(&an_initiator())
        .await
        .unwrap();
    server.clock.advance(server.timings.rotation_interval);
    let before = server.keys().await;
    let loaded = straggler.run().await.unwrap();
    assert_eq!(server.keys().await, before, "nothing is made");
    let said = loaded.warnings.join("\n");
    assert!(said.contains("rotation is due"), "{said}");
    // Another server does it, and can open all.
    let new = with_the_new_one(&server).maintain();
    new.run().await.unwrap();
    assert_eq!(server.keys().await.keys().len(), 3);
    new.run().await.unwrap();
}

#[tokio::test]
async fn a_server_that_lacks_a_master_key_still_expires_what_is_due() {
    let server = Server::new();
    let straggler = server.maintain();
    straggler.run().await.unwrap();
    server.clock.advance(server.timings.rotation_interval);
    straggler.run().await.unwrap();
    with_both(&server)
        .rewrap()
        .run(&an_initiator())
        .await
        .unwrap();
    server.clock.advance(Duration::from_hours(1));
    straggler.run().await.unwrap();
    let set = server.keys().await;
    let expired = |key: &&signet::domain::StoredKey| key.life.state == KeyState::Expired;
    assert_eq!(set.keys().iter().filter(expired).count(), 1);
}
