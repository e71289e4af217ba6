//! Redis is away, or does not answer.

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::limiter::{FallbackPolicy, RedisServer, RedisSettings},
    ports::{
        Admission::{Admitted, Unavailable},
        LimitsHealth,
        RateScope::Auth,
    },
};
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    time::{Instant, advance},
};

use super::{PATIENCE, admitted, client, limit, over};
use crate::support::{
    fake_redis::FakeRedis,
    redis::{RedisProcess, counting, until},
};

fn nowhere(fallback: FallbackPolicy) -> Arc<RedisServer> {
    let url = "unix:///nowhere/redis.sock".parse().unwrap();
    RedisServer::start(RedisSettings::new(url, fallback)).unwrap()
}

#[tokio::test]
async fn locally_the_quota_holds_on_while_redis_is_away() {
    let limiter = over(nowhere(FallbackPolicy::Local));
    for expected in [true, true, false] {
        let answer = limiter.admit(Auth, client(1), limit("2/1h")).await;
        assert_eq!(admitted(answer), expected);
    }
}

#[tokio::test]
async fn denied_requests_are_told_when_to_come_again() {
    let limiter = over(nowhere(FallbackPolicy::Deny));
    let retry_after = Duration::from_secs(1);
    let answer = limiter.admit(Auth, client(1), limit("2/1h")).await;
    assert_eq!(answer, Unavailable { retry_after });
}

#[tokio::test]
async fn allowed_requests_pass_without_end() {
    let limiter = over(nowhere(FallbackPolicy::Allow));
    for _ in 0..100 {
        let answer = limiter.admit(Auth, client(1), limit("2/1h")).await;
        assert!(matches!(answer, Admitted { remaining: 1, .. }));
    }
}

#[tokio::test]
async fn decisions_without_redis_are_counted() {
    let server = nowhere(FallbackPolicy::Allow);
    let limiter = over(server.clone());
    for _ in 0..3 {
        limiter.admit(Auth, client(1), limit("2/1h")).await;
    }
    assert_eq!(server.fallback_decisions(), 3);
}

#[tokio::test]
async fn trouble_is_told_without_the_password() {
    let url = "redis://signet:pa55word@127.0.0.1:1/0".parse().unwrap();
    let settings = RedisSettings::new(url, FallbackPolicy::Local);
    let server = RedisServer::start(settings).unwrap();
    let trouble = server.trouble().unwrap();
    assert_eq!(
        trouble,
        "the limiter's Redis is away: this server counts on its own"
    );
    assert!(!format!("{server:?}").contains("pa55word"));
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is paused: only tests let it pass"
)]
fn paused_now() -> Instant {
    Instant::now()
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_holds_one_request_up_for_50_ms_and_the_next_not_at_all() {
    let redis = FakeRedis::start();
    let url = redis.url().parse().unwrap();
    let server = RedisServer::start(RedisSettings::new(url, FallbackPolicy::Local)).unwrap();
    until(|| server.counts()).await;
    let limiter = over(server);
    redis.fall_silent();
    for waited in [50, 0, 0] {
        let asked = paused_now();
        assert!(admitted(
            limiter.admit(Auth, client(1), limit("9/1h")).await
        ));
        // The paused clock only moves when everyone waits for it; its timers tick
        // in milliseconds.
        let took = asked.elapsed().as_millis();
        assert!((waited..=waited + 1).contains(&took), "{took} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_never_answers_holds_nobody_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let settings = RedisSettings::new(url.parse().unwrap(), FallbackPolicy::Local);
    let server = RedisServer::start(settings).unwrap();
    let limiter = over(server.clone());
    let (mut accepted, _) = listener.accept().await.unwrap();
    for _ in 0..3 {
        let asked = paused_now();
        let answer = limiter.admit(Auth, client(1), limit("9/1h")).await;
        assert!(admitted(answer));
        assert_eq!(asked.elapsed(), Duration::ZERO);
        advance(Duration::from_secs(3)).await;
    }
    assert!(accepted.read_u8().await.is_ok(), "it was asked nothing");
    assert_eq!(server.fallback_decisions(), 3);
    assert!(server.trouble().is_some());
}

#[tokio::test]
async fn when_redis_is_back_it_counts_again() {
    let Some(mut process) = RedisProcess::start() else {
        return;
    };
    let url = process.url().parse().unwrap();
    let settings = RedisSettings::new(url, FallbackPolicy::Local).with_patience(PATIENCE);
    let server = counting(settings).await;
    let limiter = over(server.clone());
    let admit = || limiter.admit(Auth, client(1), limit("1/1h"));
    assert!(admitted(admit().await));
    process.kill();
    // The local limiter starts with nothing counted.
    assert!(admitted(admit().await));
    assert!(!admitted(admit().await));
    assert!(server.trouble().is_some());
    process.restart();
    until(|| server.counts()).await;
    // This Redis kept nothing on disk.
    assert!(admitted(admit().await));
    assert!(!admitted(admit().await));
    assert_eq!(server.fallback_decisions(), 2);
    assert!(server.trouble().is_none());
}
