use std::{sync::Arc, time::Duration};

use signet::usecases::{
    keys::{FormerKeys, KeyRing, RotateRefreshKey},
    sessions::RefreshError,
    tokens::{InspectToken, RevokeToken, RevokeTokenError},
};

use super::fixture::Fixture;
use crate::support::{fixtures::an_initiator, tokens::token_policy};

#[tokio::test]
async fn whoever_holds_a_token_of_a_session_ends_it() {
    let f = Fixture::new().await;
    for with_access_token in [true, false] {
        let login = f.log_in().await;
        let token = if with_access_token {
            &login.access.access_token
        } else {
            login.refresh_token.expose()
        };
        f.revoke().run(None, token).await.unwrap();
        let refreshed = f.present(login.refresh_token.expose());
        assert!(matches!(refreshed.await, Err(RefreshError::InvalidGrant)));
    }
}

#[tokio::test]
async fn a_consumed_refresh_token_ends_its_session_too() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let token = login.refresh_token.expose();
    let next = f.present(token).await.unwrap();
    f.clock.advance(Duration::from_mins(1));
    f.revoke().run(None, token).await.unwrap();
    let refreshed = f.present(next.refresh_token.expose());
    assert!(matches!(refreshed.await, Err(RefreshError::InvalidGrant)));
}

#[tokio::test]
async fn a_clients_token_is_revoked_by_that_client_alone() {
    let f = Fixture::new().await;
    let (billing, other) = (f.client("billing").await, f.client("other").await);
    let token = f.client_token(&billing);
    let refused = f.revoke().run(None, &token).await.unwrap_err();
    assert!(matches!(refused, RevokeTokenError::ClientRequired));
    let refused = f.revoke().run(Some(&other), &token).await.unwrap_err();
    assert!(matches!(refused, RevokeTokenError::OtherClient));
    assert!(f.introspect().run(&token).await.unwrap().is_some());
    f.revoke().run(Some(&billing), &token).await.unwrap();
    assert_eq!(f.introspect().run(&token).await.unwrap(), None);
}

#[tokio::test]
async fn one_revoked_token_of_a_client_leaves_its_others() {
    let f = Fixture::new().await;
    let billing = f.client("billing").await;
    let (first, second) = (f.client_token(&billing), f.client_token(&billing));
    f.revoke().run(Some(&billing), &first).await.unwrap();
    assert!(f.introspect().run(&second).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_no_token_or_expired_is_revoked_already() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    f.clock.advance(Duration::from_mins(15));
    f.upkeep.run().await.unwrap();
    for text in ["", "x", "signet_rt_x", &login.access.access_token] {
        f.revoke().run(None, text).await.unwrap();
    }
    f.present(login.refresh_token.expose()).await.unwrap();
}

/// To call such a token revoked would be a lie.
#[tokio::test]
async fn a_token_of_a_key_that_only_others_have_read_is_not_called_revoked() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    // A server that has read nothing of what the others made since.
    let ring = KeyRing::new(Duration::from_mins(1));
    let behind = RevokeToken {
        ring: Arc::new(ring),
        ..f.revoke()
    };
    let behind = RevokeToken {
        inspect_token: Arc::new(InspectToken {
            ring: behind.ring.clone(),
            clock: f.clock.clone(),
            policy: token_policy(),
        }),
        ..behind
    };
    for token in [&login.access.access_token, login.refresh_token.expose()] {
        let refused = behind.run(None, token).await.unwrap_err();
        assert!(matches!(refused, RevokeTokenError::KeysNotKnownYet));
    }
    assert!(f.present(login.refresh_token.expose()).await.is_ok());
}

#[tokio::test]
async fn a_token_of_a_key_that_nobody_has_any_more_is_revoked_already() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let refresh_key = RotateRefreshKey {
        keys: f.store.clone(),
        maker: f.upkeep.maker.clone(),
        timings: f.upkeep.timings,
    };
    refresh_key
        .run(&an_initiator(), FormerKeys::Delete)
        .await
        .unwrap();
    f.upkeep.run().await.unwrap();
    let token = login.refresh_token.expose();
    f.revoke().run(None, token).await.unwrap();
}
