use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use signet::{
    crypto::PrivateKey,
    domain::{KeyState, LostTokens, RsaKeySize, SigningAlgorithm},
    ports::{Clock, KeyGenerationFailed, KeyGenerator},
    usecases::keys::{RevokeError, Revoked},
};

use super::server::Server;
use crate::support::fixtures::an_initiator;

async fn started() -> Server {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    server
}

#[tokio::test]
async fn a_revoked_active_key_is_unpublished_and_the_next_one_signs_at_once() {
    let server = started().await;
    let maintain = server.maintain();
    let set = server.keys().await;
    let kid = |state| set.in_state(state).unwrap().record.kid.clone();
    let (active, next) = (kid(KeyState::Active), kid(KeyState::Next));
    let revoked = server
        .revoke_key()
        .run(&an_initiator(), &active, Some(KeyState::Active))
        .await
        .unwrap();
    let known_from = set.may_sign_from(set.in_state(KeyState::Next).unwrap(), server.timings);
    let expected = Revoked {
        was: KeyState::Active,
        lost: LostTokens::All {
            // Whoever has not reread yet signs with it for 130 s more.
            latest_expiry: Some(server.clock.now() + Duration::from_secs(130 + 900)),
        },
        signs_now: Some(next.clone()),
        known_from: Some(known_from),
    };
    assert_eq!(revoked, expected);
    let loaded = maintain.run().await.unwrap();
    assert_eq!(loaded.active.kid(), &next);
    assert!(!loaded.jwks.json().contains(active.as_str()));
}

#[tokio::test]
async fn a_next_key_that_everyone_knows_takes_over_without_warning() {
    let server = started().await;
    server.clock.advance(server.timings.publish_ahead());
    let set = server.keys().await;
    let active = &set.in_state(KeyState::Active).unwrap().record.kid;
    let revoked = server
        .revoke_key()
        .run(&an_initiator(), active, Some(KeyState::Active))
        .await
        .unwrap();
    assert_eq!(revoked.known_from, None);
}

#[tokio::test]
async fn an_unknown_or_expired_key_is_told_apart() {
    let server = started().await;
    let unknown = "unknown".parse().unwrap();
    let error = server
        .revoke_key()
        .run(&an_initiator(), &unknown, Some(KeyState::Active))
        .await
        .unwrap_err();
    assert!(matches!(error, RevokeError::Unknown(_)));
    let set = server.keys().await;
    let active = &set.in_state(KeyState::Active).unwrap().record.kid;
    server
        .revoke_key()
        .run(&an_initiator(), active, Some(KeyState::Active))
        .await
        .unwrap();
    let error = server
        .revoke_key()
        .run(&an_initiator(), active, Some(KeyState::Active))
        .await
        .unwrap_err();
    assert!(matches!(error, RevokeError::Expired(_)));
}

#[tokio::test]
async fn a_key_that_changed_after_the_confirmation_is_not_revoked() {
    let server = started().await;
    server.clock.advance(server.timings.rotation_interval);
    let (active, next) = server.active_and_next().await;
    server.maintain().run().await.unwrap();
    let before = server.keys().await;
    for (kid, confirmed, now) in [
        (&active, KeyState::Active, KeyState::Retired),
        (&next, KeyState::Next, KeyState::Active),
    ] {
        let error = server
            .revoke_key()
            .run(&an_initiator(), kid, Some(confirmed))
            .await
            .unwrap_err();
        assert!(matches!(error, RevokeError::Changed { now: state, .. } if state == now));
    }
    assert_eq!(server.keys().await, before);
}

#[tokio::test]
async fn a_revoked_retired_key_is_not_replaced_and_no_key_is_made() {
    let server = started().await;
    let (retired, _) = server.active_and_next().await;
    server.clock.advance(server.timings.rotation_interval);
    server.maintain().run().await.unwrap();
    let before = server.active_and_next().await;
    let mut revoke = server.revoke_key();
    revoke.maker = server.maker_of(Arc::new(NoGenerator));
    let revoked = revoke
        .run(&an_initiator(), &retired, Some(KeyState::Retired))
        .await
        .unwrap();
    assert_eq!(revoked.signs_now, None);
    assert_eq!(server.active_and_next().await, before);
}

/// Fails the test that makes a key.
struct NoGenerator;

#[async_trait]
impl KeyGenerator for NoGenerator {
    async fn generate(
        &self,
        _algorithm: SigningAlgorithm,
        _rsa_size: RsaKeySize,
    ) -> Result<PrivateKey, KeyGenerationFailed> {
        panic!("a key is made")
    }
}
