//! What is Redis's own: the outage, and who shares.

mod late;
mod versions;

use std::{sync::Arc, time::Duration};

use ::redis::AsyncCommands;
use signet::{
    adapters::{
        limiter::{FallbackPolicy, RedisServer, RedisSettings, RedisThrottle},
        memory::MemoryThrottle,
    },
    domain::{
        AttemptResult::{Failed, Succeeded},
        LoginAttempts,
    },
    ports::{Attempt, Clock, CountedAt},
};

use super::{Throttle, admitted, fail, name, throttled};
use crate::support::{
    clock::ManualClock,
    fake_redis::FakeRedis,
    fixtures::shared_names,
    redis::{self, SetClock},
};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);

/// `None` where no server is installed.
pub(super) async fn throttle(clock: Arc<dyn Clock>) -> Option<Throttle> {
    Some(over(redis::counting(redis::settings(clock)?).await))
}

fn over(server: Arc<RedisServer>) -> Throttle {
    let local = MemoryThrottle::new(Arc::new(ManualClock::new()));
    Arc::new(RedisThrottle::new(server, Arc::new(local), shared_names()))
}

fn nowhere(fallback: FallbackPolicy) -> Throttle {
    let url = "unix:///nowhere/redis.sock".parse().unwrap();
    over(RedisServer::start(RedisSettings::new(url, fallback)).unwrap())
}

#[tokio::test]
async fn failures_at_one_server_throttle_the_name_at_the_other() {
    let Some(settings) = redis::settings(Arc::new(ManualClock::new())) else {
        return;
    };
    let one = over(redis::counting(settings.clone()).await);
    let other = over(redis::counting(settings).await);
    fail(&one, name(1), 3).await;
    fail(&other, name(1), 3).await;
    for throttle in [&one, &other] {
        assert_eq!(throttle.begin(name(1)).await, throttled(1));
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_a_name_up_for_a_delay_at_most() {
    let clock = Arc::new(SetClock::default());
    let Some(settings) = redis::settings(clock.clone()) else {
        return;
    };
    let throttle = over(redis::counting(settings).await);
    clock.set(5000);
    fail(&throttle, name(1), 6).await;
    clock.set(1000);
    assert_eq!(throttle.begin(name(1)).await, throttled(1));
    clock.set(1001);
    assert!(admitted(throttle.begin(name(1)).await));
}

#[tokio::test]
async fn names_stand_there_as_digests_and_go_by_themselves() {
    let Some(process) = redis::RedisProcess::start() else {
        return;
    };
    let url = process.url().parse().unwrap();
    let settings = RedisSettings::new(url, FallbackPolicy::Deny).with_patience(PATIENCE);
    let throttle = over(redis::counting(settings).await);
    fail(&throttle, name(1), 1).await;
    assert!(admitted(throttle.begin(name(2)).await));
    let mut connection = process.connect().await;
    for (number, most) in [
        (1, LoginAttempts::FORGOTTEN_AFTER),
        (2, LoginAttempts::LONGEST_FLIGHT),
    ] {
        let key = format!("signet:1:name:{}", shared_names().name(&name(number).name));
        let left: i64 = connection.pttl(&key).await.unwrap();
        let left = Duration::from_millis(left.try_into().unwrap());
        assert!(
            left <= most + Duration::from_millis(1) && left > most / 2,
            "{left:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_that_redis_could_not_be_told_of_count_there_once_it_is_back() {
    let Some(mut process) = redis::RedisProcess::start() else {
        return;
    };
    let settings = RedisSettings::new(process.url().parse().unwrap(), FallbackPolicy::Deny)
        .with_clock(Arc::new(ManualClock::new()))
        .with_patience(PATIENCE);
    let server = redis::counting(settings).await;
    let throttle = over(server.clone());
    for _ in 0..5 {
        assert!(admitted(throttle.begin(name(1)).await));
    }
    process.kill();
    for _ in 0..5 {
        throttle.end(name(1), CountedAt::Usual, Failed).await;
    }
    process.restart();
    redis::until(|| server.counts()).await;
    fail(&throttle, name(1), 1).await;
    assert_eq!(throttle.begin(name(1)).await, throttled(1));
}

/// Its end would else be taken for that of another's attempt, and a success would wipe
/// out failures that it knows nothing of.
#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_began_without_redis_ends_without_it() {
    let Some(mut process) = redis::RedisProcess::start() else {
        return;
    };
    let settings = RedisSettings::new(process.url().parse().unwrap(), FallbackPolicy::Local)
        .with_clock(Arc::new(ManualClock::new()))
        .with_patience(PATIENCE);
    let server = redis::counting(settings).await;
    let throttle = over(server.clone());
    process.kill();
    let begun = throttle.begin(name(1)).await;
    assert_eq!(begun, Attempt::Admitted(CountedAt::Fallback));
    process.restart();
    redis::until(|| server.counts()).await;
    fail(&throttle, name(1), 6).await;
    throttle.end(name(1), CountedAt::Fallback, Succeeded).await;
    assert_eq!(throttle.begin(name(1)).await, throttled(1));
}

#[tokio::test(start_paused = true)]
async fn redis_is_told_afterwards_of_no_attempt_that_began_without_it() {
    let fake = FakeRedis::start();
    let settings = RedisSettings::new(fake.url().parse().unwrap(), FallbackPolicy::Local);
    let server = redis::counting(settings).await;
    let throttle = over(server.clone());
    fake.fall_silent();
    fail(&throttle, name(1), 1).await;
    fake.take(Duration::ZERO);
    redis::until(|| server.counts()).await;
    // It was asked whether the attempt may begin.
    assert_eq!(fake.told_of_names(), 1);
}

/// More than one look may take: it is found all the same, and told once of each.
#[tokio::test(start_paused = true)]
async fn redis_is_told_of_any_number_of_failures_however_long_that_takes() {
    const COUNT: usize = 1000;
    let fake = FakeRedis::start();
    let settings = RedisSettings::new(fake.url().parse().unwrap(), FallbackPolicy::Deny);
    let server = redis::counting(settings).await;
    let throttle = over(server.clone());
    for _ in 0..COUNT {
        assert!(admitted(throttle.begin(name(1)).await));
    }
    fake.fall_silent();
    for _ in 0..COUNT {
        throttle.end(name(1), CountedAt::Usual, Failed).await;
    }
    // The one at which it was found away was on its way.
    assert_eq!(fake.told_of_names(), COUNT + 1);
    fake.take(Duration::from_millis(10));
    redis::until(|| server.counts()).await;
    assert_eq!(fake.told_of_names(), COUNT + 1 + COUNT);
}

#[tokio::test]
async fn locally_failures_delay_on_while_redis_is_away() {
    let throttle = nowhere(FallbackPolicy::Local);
    fail(&throttle, name(1), 6).await;
    assert_eq!(throttle.begin(name(1)).await, throttled(1));
}

#[tokio::test]
async fn denied_attempts_are_told_when_to_come_again() {
    let throttle = nowhere(FallbackPolicy::Deny);
    let retry_after = Duration::from_secs(1);
    let answer = throttle.begin(name(1)).await;
    assert_eq!(answer, Attempt::Unavailable { retry_after });
}

#[tokio::test]
async fn allowed_attempts_pass_without_end() {
    let throttle = nowhere(FallbackPolicy::Allow);
    fail(&throttle, name(1), 20).await;
    assert!(admitted(throttle.begin(name(1)).await));
}
