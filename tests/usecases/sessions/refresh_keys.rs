use std::time::Duration;

use signet::{
    domain::LONGEST_IDLE,
    usecases::{
        keys::{FormerKeys, RotateRefreshKey},
        sessions::RefreshError,
    },
};

use super::fixture::Fixture;
use crate::support::fixtures::{an_initiator, key_timings};

fn rotate(f: &Fixture) -> RotateRefreshKey {
    RotateRefreshKey {
        keys: f.upkeep.keys.clone(),
        maker: f.upkeep.maker.clone(),
        timings: key_timings(),
    }
}

async fn key_ids(f: &Fixture) -> Vec<u32> {
    let set = f.upkeep.keys.load().await.unwrap();
    let keys = set.refresh_keys().iter();
    keys.map(|key| key.record.id.number()).collect()
}

fn signing(f: &Fixture) -> u32 {
    let keys = f.issuer.keys().unwrap();
    keys.refresh.signing(f.now()).unwrap().id().number()
}

#[tokio::test]
async fn the_first_start_makes_one_that_is_good_at_once() {
    let f = Fixture::new().await;
    assert_eq!(key_ids(&f).await, [1]);
    assert_eq!(signing(&f), 1);
}

#[tokio::test]
async fn another_is_made_when_the_rotation_is_due_and_signs_when_all_servers_know_it() {
    let f = Fixture::new().await;
    let timings = key_timings();
    f.clock.advance(timings.rotation_interval);
    f.upkeep.run().await.unwrap();
    assert_eq!(key_ids(&f).await, [1, 2]);
    let ahead = timings.signs_after_retirement();
    f.clock.advance(Duration::from_secs(1));
    f.upkeep.run().await.unwrap();
    assert_eq!(signing(&f), 1);
    f.clock.advance(ahead);
    f.upkeep.run().await.unwrap();
    assert_eq!(signing(&f), 2);
}

#[tokio::test]
async fn one_is_deleted_when_no_session_can_have_its_tokens() {
    let f = Fixture::new().await;
    let timings = key_timings();
    f.clock.advance(timings.rotation_interval);
    f.upkeep.run().await.unwrap();
    let last_use = timings.signs_after_retirement() * 2 + LONGEST_IDLE;
    f.clock.advance(LONGEST_IDLE);
    f.upkeep.run().await.unwrap();
    assert!(key_ids(&f).await.contains(&1));
    f.clock.advance(last_use);
    f.upkeep.run().await.unwrap();
    assert!(!key_ids(&f).await.contains(&1));
}

#[tokio::test]
async fn a_rotation_leaves_the_tokens_that_exist_good() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let made = rotate(&f)
        .run(&an_initiator(), FormerKeys::Keep)
        .await
        .unwrap();
    assert_eq!((made.id.number(), made.deleted), (2, 0));
    f.clock.advance(Duration::from_hours(1));
    f.upkeep.run().await.unwrap();
    let next = f.present(login.refresh_token.expose());
    let next = next.await.unwrap();
    f.present(next.refresh_token.expose()).await.unwrap();
}

#[tokio::test]
async fn after_a_leak_no_token_that_exists_is_good_and_new_ones_are() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let made = rotate(&f)
        .run(&an_initiator(), FormerKeys::Delete)
        .await
        .unwrap();
    assert_eq!((made.id.number(), made.deleted), (2, 1));
    f.upkeep.run().await.unwrap();
    let refused = f.present(login.refresh_token.expose());
    assert!(matches!(refused.await, Err(RefreshError::InvalidGrant)));
    let login = f.log_in().await;
    f.present(login.refresh_token.expose()).await.unwrap();
}

#[tokio::test]
async fn a_repeat_across_a_rotation_gets_the_token_that_the_first_got() {
    let f = Fixture::new().await;
    f.clock.advance(key_timings().rotation_interval);
    f.upkeep.run().await.unwrap();
    f.clock.advance(Duration::from_secs(129));
    f.upkeep.run().await.unwrap();
    let login = f.log_in().await;
    let token = login.refresh_token.expose();
    let first = f.present(token).await.unwrap();
    f.clock.advance(Duration::from_secs(2));
    assert_eq!(signing(&f), 2);
    let again = f.present(token).await.unwrap();
    assert_eq!(again.refresh_token, first.refresh_token);
}
