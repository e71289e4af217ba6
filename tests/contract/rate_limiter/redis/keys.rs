//! What is stored on Redis, under which keys and for how long.

use std::{net::IpAddr, sync::Arc, time::Duration};

use ::redis::{AsyncCommands, aio::MultiplexedConnection};
use signet::{
    adapters::limiter::{FallbackPolicy, RedisServer, RedisSettings},
    domain::{ClientAddress, UserId},
    ports::{
        LimitsHealth, RateClient,
        RateScope::{AccountUpdate, Auth},
    },
};
use uuid::Uuid;

use super::{super::Limiter, PATIENCE, admitted, client, limit, over};
use crate::support::{
    clock::ManualClock,
    redis::{RedisProcess, counting},
};

/// `None` where no server is installed.
async fn alone() -> Option<(RedisProcess, Arc<RedisServer>, MultiplexedConnection)> {
    let process = RedisProcess::start()?;
    let server = counting(settings(&process)).await;
    let mut connection = process.connect().await;
    // That of the probe.
    let _: () = connection.flushdb().await.unwrap();
    Some((process, server, connection))
}

fn settings(process: &RedisProcess) -> RedisSettings {
    let url = process.url().parse().unwrap();
    RedisSettings::new(url, FallbackPolicy::Deny).with_patience(PATIENCE)
}

fn network(address: &str) -> RateClient {
    let address: IpAddr = address.parse().unwrap();
    RateClient::Network(ClientAddress::new(address).network())
}

async fn keys(connection: &mut MultiplexedConnection) -> Vec<String> {
    let mut keys: Vec<String> = connection.keys("*").await.unwrap();
    keys.sort();
    keys
}

#[tokio::test]
async fn each_client_has_a_key_of_its_own_in_each_scope() {
    let Some((_process, server, mut connection)) = alone().await else {
        return;
    };
    let limiter = over(server);
    let user = RateClient::User(UserId::new(Uuid::from_u128(7)));
    for (scope, client) in [
        (Auth, network("192.0.2.7")),
        (Auth, network("2001:db8::1:2:3:4")),
        (AccountUpdate, user),
    ] {
        assert!(admitted(limiter.admit(scope, client, limit("3/1h")).await));
    }
    assert_eq!(
        keys(&mut connection).await,
        [
            "signet:1:account-update:u:00000000-0000-0000-0000-000000000007",
            "signet:1:auth:n:192.0.2.7",
            "signet:1:auth:n:2001:db8::",
        ]
    );
}

#[tokio::test]
async fn a_key_goes_by_itself_when_its_window_has_passed() {
    let Some((_process, server, mut connection)) = alone().await else {
        return;
    };
    let limiter = over(server);
    limiter.admit(Auth, client(1), limit("3/1h")).await;
    let [key] = &keys(&mut connection).await[..] else {
        panic!("not one key");
    };
    let left: i64 = connection.pttl(key).await.unwrap();
    let left = Duration::from_millis(left.try_into().unwrap());
    let window = Duration::from_hours(1);
    assert!(
        left <= window + Duration::from_millis(1) && left > window / 2,
        "{left:?}"
    );
}

async fn admit_often(limiter: &Limiter, clock: &ManualClock, quota: u32, times: u32) {
    for _ in 0..times {
        let limit = limit(&format!("{quota}/1s"));
        assert!(admitted(limiter.admit(Auth, client(1), limit).await));
        clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_client_takes_no_more_room_than_its_quota_however_often_it_comes() {
    let Some(process) = RedisProcess::start() else {
        return;
    };
    let clock = Arc::new(ManualClock::new());
    let limiter = over(counting(settings(&process).with_clock(clock.clone())).await);
    admit_often(&limiter, &clock, 10, 100).await;
    let mut connection = process.connect().await;
    let kept: usize = connection.llen("signet:1:auth:n:0.0.0.1").await.unwrap();
    assert_eq!(kept, 10);
}

#[tokio::test]
async fn a_server_that_forgot_the_scripts_is_told_them_again() {
    let Some((_process, server, mut connection)) = alone().await else {
        return;
    };
    let limiter = over(server.clone());
    for expected in [true, true, false] {
        let flush = ::redis::cmd("SCRIPT").arg("FLUSH").to_owned();
        let _: () = flush.query_async(&mut connection).await.unwrap();
        let answer = limiter.admit(Auth, client(1), limit("2/1h")).await;
        assert_eq!(admitted(answer), expected);
    }
    assert_eq!(server.fallback_decisions(), 0);
}
