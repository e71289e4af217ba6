use std::time::Duration;

use signet::{
    domain::{AccountStatus, KeyState},
    ports::ClientStore,
    usecases::keys::RevokeKey,
};

use super::fixture::Fixture;
use crate::support::fixtures::{an_act, an_initiator};

#[tokio::test]
async fn an_access_token_is_active_for_its_lifetime() {
    let f = Fixture::new().await;
    let token = f.log_in().await.access.access_token;
    let told = f.introspect().run(&token).await.unwrap().unwrap();
    assert_eq!(told.username.as_deref(), Some("ada"));
    assert_eq!(told.sub, f.user.id.to_string());
    f.clock.advance(Duration::from_mins(15));
    assert_eq!(f.introspect().run(&token).await.unwrap(), None);
}

#[tokio::test]
async fn only_the_current_refresh_token_is_active() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let former = login.refresh_token.expose();
    assert!(f.introspect().run(former).await.unwrap().is_some());
    let next = f.present(former).await.unwrap();
    assert!(f.introspect().run(former).await.unwrap().is_none());
    let current = next.refresh_token.expose();
    assert!(f.introspect().run(current).await.unwrap().is_some());
}

#[tokio::test]
async fn tokens_of_a_disabled_user_are_not_active() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    f.store.set_status(f.user.id, AccountStatus::Disabled);
    for token in [&login.access.access_token, login.refresh_token.expose()] {
        assert_eq!(f.introspect().run(token).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_token_of_a_revoked_key_is_not_active() {
    let f = Fixture::new().await;
    let token = f.log_in().await.access.access_token;
    let set = f.upkeep.keys.load().await.unwrap();
    let active = set.in_state(KeyState::Active).unwrap().record.kid.clone();
    let revoke = RevokeKey {
        keys: f.upkeep.keys.clone(),
        maker: f.upkeep.maker.clone(),
        clock: f.clock.clone(),
        timings: f.upkeep.timings,
    };
    revoke
        .run(&an_initiator(), &active, Some(KeyState::Active))
        .await
        .unwrap();
    f.upkeep.run().await.unwrap();
    assert_eq!(f.introspect().run(&token).await.unwrap(), None);
}

#[tokio::test]
async fn a_clients_token_is_active_until_the_client_is_deleted() {
    let f = Fixture::new().await;
    let client = f.client("billing").await;
    let token = f.client_token(&client);
    let told = f.introspect().run(&token).await.unwrap().unwrap();
    assert_eq!(told.scope.as_deref(), Some("read write"));
    assert_eq!((told.sub, told.sid), (client.id.to_string(), None));
    ClientStore::delete(&*f.store, &client.id, &an_act())
        .await
        .unwrap();
    assert_eq!(f.introspect().run(&token).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_token_is_not_active() {
    let f = Fixture::new().await;
    for text in ["", "a.b.c", "signet_rt_", &"a".repeat(1 << 20)] {
        assert_eq!(f.introspect().run(text).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_token_of_more_than_its_client_may_have_is_not_active() {
    let f = Fixture::new().await;
    let mut client = f.client("billing").await;
    client.scopes = "read write admin".parse().unwrap();
    let token = f.client_token(&client);
    assert_eq!(f.introspect().run(&token).await.unwrap(), None);
}
