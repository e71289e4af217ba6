//! Servers of different settings, and settings that change.

use std::time::Duration;

use chrono::TimeDelta;
use signet::{
    domain::KeyState,
    ports::Clock,
    usecases::keys::{FormerKeys, MaintainKeys, RotateRefreshKey, Rotation},
};

use super::server::Server;
use crate::support::fixtures::an_initiator;

/// The same store and clock as seen by a server of another max-age.
fn with_max_age(server: &Server, max_age: Duration) -> Server {
    let mut other = Server::on(server.store.clone());
    other.clock = server.clock.clone();
    other.timings.jwks_max_age = max_age;
    other
}

async fn may_sign_from(server: &Server) -> TimeDelta {
    match server.rotate().run(&an_initiator(), None).await.unwrap() {
        Rotation::NotBefore { at, .. } => at - server.clock.now(),
        Rotation::Done { .. } => TimeDelta::zero(),
    }
}

fn seconds(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap()
}

#[tokio::test]
async fn a_lower_max_age_waits_for_the_caches_of_the_longer_one() {
    let long = with_max_age(&Server::new(), Duration::from_hours(1));
    long.maintain().run().await.unwrap();
    let short = with_max_age(&long, Duration::from_secs(10));
    short.maintain().run().await.unwrap();
    assert_eq!(
        may_sign_from(&short).await,
        seconds(long.timings.publish_ahead())
    );
    short.clock.advance(long.timings.publish_ahead());
    assert_eq!(may_sign_from(&short).await, TimeDelta::zero());
    // The new next key is one that the server of the longer max-age has not read yet.
    assert_eq!(
        may_sign_from(&short).await,
        seconds(long.timings.publish_ahead())
    );
    short.clock.advance(long.timings.publish_ahead());
    assert_eq!(may_sign_from(&short).await, TimeDelta::zero());
    // By now nobody publishes by the longer one any more.
    assert_eq!(
        may_sign_from(&short).await,
        seconds(short.timings.publish_ahead())
    );
}

#[tokio::test]
async fn a_server_of_a_longer_max_age_says_so_before_it_publishes() {
    let short = with_max_age(&Server::new(), Duration::from_secs(10));
    short.maintain().run().await.unwrap();
    let long = with_max_age(&short, Duration::from_hours(1));
    long.maintain().run().await.unwrap();
    let set = short.keys().await;
    let next = set.in_state(KeyState::Next).unwrap();
    assert_eq!(next.life.publish_ahead, long.timings.publish_ahead());
}

#[tokio::test]
async fn a_retired_key_stays_for_tokens_of_the_server_that_rereads_least_often() {
    let mut slow = Server::new();
    slow.timings.staleness = Duration::from_hours(1);
    let first = slow.maintain().run().await.unwrap().active.kid().clone();
    let mut quick = Server::on(slow.store.clone());
    quick.clock = slow.clock.clone();
    quick.clock.advance(quick.timings.rotation_interval);
    let maintain = quick.maintain();
    maintain.run().await.unwrap();
    let retired = quick.keys().await.get(&first).unwrap().life;
    let still_signing = slow.timings.signs_after_retirement();
    assert_eq!(
        retired.tokens_expire_at,
        Some(quick.clock.now() + still_signing + slow.timings.token_lifetime)
    );
}

#[tokio::test]
async fn a_retired_key_stays_published_by_the_longest_staleness() {
    let mut slow = Server::new();
    slow.timings.staleness = Duration::from_hours(1);
    let first = slow.maintain().run().await.unwrap().active.kid().clone();
    let mut quick = Server::on(slow.store.clone());
    quick.clock = slow.clock.clone();
    quick.clock.advance(quick.timings.rotation_interval);
    let maintain = quick.maintain();
    maintain.run().await.unwrap();
    let dead = quick.keys().await.get(&first).unwrap().life;
    let state = async || quick.keys().await.get(&first).unwrap().life.state;
    let expires = dead.tokens_expire_at.unwrap() + slow.timings.published_after_expiry();
    let left = (expires - quick.clock.now()).num_seconds().unsigned_abs();
    quick.clock.advance(Duration::from_secs(left - 1));
    maintain.run().await.unwrap();
    assert_eq!(state().await, KeyState::Retired);
    quick.clock.advance(Duration::from_secs(1));
    maintain.run().await.unwrap();
    assert_eq!(state().await, KeyState::Expired);
}

/// A server that rereads seldom would refuse the tokens of a refresh key that
/// it does not know yet.
#[tokio::test]
async fn a_refresh_key_makes_tokens_when_the_server_that_rereads_least_often_has_read_it() {
    let mut slow = Server::new();
    slow.timings.staleness = Duration::from_hours(1);
    slow.maintain().run().await.unwrap();
    let mut quick = Server::on(slow.store.clone());
    quick.clock = slow.clock.clone();
    let by_command = RotateRefreshKey {
        keys: quick.store.clone(),
        maker: quick.maintain().maker,
        timings: quick.timings,
    };
    by_command
        .run(&an_initiator(), FormerKeys::Keep)
        .await
        .unwrap();
    quick
        .clock
        .advance(quick.timings.rotation_interval + Duration::from_hours(2));
    quick.maintain().run().await.unwrap();
    let set = quick.keys().await;
    assert_eq!(set.refresh_keys().len(), 3);
    for key in &set.refresh_keys()[1..] {
        let waits = key.signs_from - key.record.created_at;
        assert_eq!(waits, seconds(slow.timings.signs_after_retirement()));
    }
}

fn warnings(maintain: &MaintainKeys) -> String {
    let loaded = maintain.ring.published();
    loaded.map_or_else(String::new, |loaded| loaded.warnings.join("\n"))
}

#[tokio::test]
async fn a_clock_that_was_set_back_is_warned_of_since_nothing_rotates() {
    let server = Server::new();
    let maintain = server.maintain();
    let made_at = server.clock.now();
    maintain.run().await.unwrap();
    server.clock.set_wall(made_at - server.timings.clock_skew);
    maintain.run().await.unwrap();
    assert_eq!(warnings(&maintain), "");
    server.clock.set_wall(made_at - Duration::from_hours(1));
    maintain.run().await.unwrap();
    let said = warnings(&maintain);
    assert!(
        said.contains(&made_at.to_string()) && said.contains("clock"),
        "{said}"
    );
}

/// Retired and expired keys do not wait for their dates.
#[tokio::test]
async fn a_date_ahead_is_not_warned_of_once_the_keys_that_have_it_are_replaced() {
    let server = Server::new();
    let made_at = server.clock.now();
    let ahead = Duration::from_hours(24 * 365 * 10);
    server.clock.set_wall(made_at + ahead);
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    server.clock.set_wall(made_at);
    maintain.run().await.unwrap();
    assert!(warnings(&maintain).contains("has the date"));
    let (_, next) = server.active_and_next().await;
    server.revoke(&next).await;
    server.clock.advance(server.timings.publish_ahead());
    assert!(matches!(
        server.rotate().run(&an_initiator(), None).await.unwrap(),
        Rotation::Done { .. }
    ));
    maintain.run().await.unwrap();
    assert!(warnings(&maintain).contains("refresh key"));
    let refresh = RotateRefreshKey {
        keys: server.store.clone(),
        maker: maintain.maker.clone(),
        timings: server.timings,
    };
    refresh
        .run(&an_initiator(), FormerKeys::Keep)
        .await
        .unwrap();
    maintain.run().await.unwrap();
    assert_eq!(warnings(&maintain), "");
}
