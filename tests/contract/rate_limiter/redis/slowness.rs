//! Redis answers slowly, or not any more.

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::{
        limiter::{FallbackPolicy, RedisServer, RedisSettings, RedisThrottle},
        memory::MemoryThrottle,
        waiting,
    },
    domain::{AttemptResult, AttemptSubject},
    ports::{AccountThrottle, Attempt, LimitsHealth, RateScope::Auth},
};
use tokio::time::{Instant, advance};

use super::{admitted, client, limit, over};
use crate::support::{
    clock::ManualClock, fake_redis::FakeRedis, fixtures::shared_names, redis::until,
};

const SLOW: Duration = Duration::from_millis(40);

#[expect(
    clippy::disallowed_methods,
    reason = "it is paused: only tests let it pass"
)]
fn paused_now() -> Instant {
    Instant::now()
}

fn start(redis: &FakeRedis) -> Arc<RedisServer> {
    let url = redis.url().parse().unwrap();
    RedisServer::start(RedisSettings::new(url, FallbackPolicy::Local)).unwrap()
}

async fn counting(redis: &FakeRedis) -> Arc<RedisServer> {
    let server = start(redis);
    until(|| server.counts()).await;
    server
}

/// What a login asks, and how many milliseconds that took.
async fn log_in(server: &Arc<RedisServer>) -> u128 {
    let limiter = over(server.clone());
    let local = MemoryThrottle::new(Arc::new(ManualClock::new()));
    let throttle = RedisThrottle::new(server.clone(), Arc::new(local), shared_names());
    let subject = AttemptSubject {
        name: [1; 32],
        network: None,
    };
    let began = paused_now();
    waiting::from_now(async {
        let answer = limiter.admit(Auth, client(1), limit("9/1h")).await;
        assert!(admitted(answer));
        if let Attempt::Admitted(counted) = throttle.begin(subject).await {
            throttle
                .end(subject, counted, AttemptResult::Succeeded)
                .await;
        }
    })
    .await;
    began.elapsed().as_millis()
}

#[tokio::test(start_paused = true)]
async fn a_login_waits_50_ms_in_all_for_a_redis_that_answers_each_question_after_40() {
    let redis = FakeRedis::start();
    let server = counting(&redis).await;
    assert_eq!(log_in(&server).await, 0);
    redis.take(SLOW);
    let took = log_in(&server).await;
    // Timers tick in milliseconds.
    assert!((50..=52).contains(&took), "{took} ms");
    assert_eq!(server.fallback_decisions(), 1);
    assert_eq!(log_in(&server).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_login_waits_50_ms_in_all_for_a_redis_that_hangs() {
    let redis = FakeRedis::start();
    let server = counting(&redis).await;
    redis.fall_silent();
    let took = log_in(&server).await;
    assert!((50..=51).contains(&took), "{took} ms");
    assert_eq!(server.fallback_decisions(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_redis_that_answers_each_question_after_40_ms_is_away() {
    let redis = FakeRedis::start();
    redis.take(SLOW);
    let server = start(&redis);
    // It is asked to the third look.
    until(|| redis.asked() > 6).await;
    assert!(server.trouble().is_some());
    redis.take(Duration::ZERO);
    until(|| server.counts()).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_how_it_fares_finds_an_outage_out() {
    let redis = FakeRedis::start();
    let server = counting(&redis).await;
    server.look().await;
    assert!(server.trouble().is_none());
    redis.fall_silent();
    advance(Duration::from_secs(1)).await;
    let asked = paused_now();
    server.look().await;
    let took = asked.elapsed().as_millis();
    assert!((50..=51).contains(&took), "{took} ms");
    assert!(server.trouble().is_some());
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_how_it_fares_ask_it_once_a_second() {
    let redis = FakeRedis::start();
    let server = counting(&redis).await;
    let before = redis.asked();
    for expected in [1, 2] {
        for _ in 0..10 {
            server.look().await;
        }
        assert_eq!(redis.asked() - before, expected);
        advance(Duration::from_secs(1)).await;
    }
}
