//! Servers of different versions at one Redis, while they are updated.

use std::sync::Arc;

use ::redis::{AsyncCommands, aio::MultiplexedConnection};
use signet::{
    adapters::limiter::{FallbackPolicy, RedisServer, RedisSettings},
    ports::{LimitsHealth, RateScope::Auth},
};

use super::{PATIENCE, admitted, client, limit, over};
use crate::support::redis::{RedisProcess, counting};

const KEY: &str = "auth:n:0.0.0.1";

/// `None` where no server is installed.
async fn alone() -> Option<(RedisProcess, Arc<RedisServer>, MultiplexedConnection)> {
    let process = RedisProcess::start()?;
    let url = process.url().parse().unwrap();
    let settings = RedisSettings::new(url, FallbackPolicy::Deny).with_patience(PATIENCE);
    let server = counting(settings).await;
    let connection = process.connect().await;
    Some((process, server, connection))
}

/// In microseconds.
async fn time(connection: &mut MultiplexedConnection) -> u64 {
    let asked = ::redis::cmd("TIME");
    let (seconds, micros): (u64, u64) = asked.query_async(connection).await.unwrap();
    seconds * 1_000_000 + micros
}

/// What this holds may change with [`RedisSettings::PREFIX`] alone.
#[tokio::test]
async fn under_version_1_a_client_is_a_list_of_microseconds_oldest_first() {
    assert_eq!(RedisSettings::PREFIX, "signet:1:");
    let Some((_process, server, mut connection)) = alone().await else {
        return;
    };
    let key = format!("signet:1:{KEY}");
    let before = time(&mut connection).await;
    let _: () = connection.rpush(&key, before).await.unwrap();
    let limiter = over(server);
    let admit = async || limiter.admit(Auth, client(1), limit("2/1h")).await;
    assert!(admitted(admit().await));
    assert!(!admitted(admit().await), "what another wrote is counted");
    let stored: Vec<u64> = connection.lrange(&key, 0, -1).await.unwrap();
    let after = time(&mut connection).await;
    assert_eq!((stored.len(), stored[0]), (2, before));
    assert!((before..=after).contains(&stored[1]), "{stored:?}");
}

#[tokio::test]
async fn what_another_version_stores_is_neither_read_nor_touched() {
    let Some((_process, server, mut connection)) = alone().await else {
        return;
    };
    let others = [format!("signet:0:{KEY}"), format!("signet:2:{KEY}")];
    for key in &others {
        let _: () = connection.set(key, "of another form").await.unwrap();
    }
    let limiter = over(server.clone());
    for expected in [true, true, false] {
        let answer = limiter.admit(Auth, client(1), limit("2/1h")).await;
        assert_eq!(admitted(answer), expected);
    }
    assert_eq!(server.fallback_decisions(), 0);
    for key in &others {
        let stored: String = connection.get(key).await.unwrap();
        assert_eq!(stored, "of another form");
    }
}
