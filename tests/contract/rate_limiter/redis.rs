//! What is Redis's own: the outage, the memory, the clock.

mod keys;
mod outage;
mod slowness;
mod versions;

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::{
        limiter::{FallbackPolicy, RedisLimiter, RedisServer, RedisSettings},
        memory::MemoryLimiter,
    },
    ports::{Clock, RateScope::Auth},
};

use super::{Admitted, Limiter, Refused, TICK, admitted, client, limit};
use crate::support::{
    clock::ManualClock,
    redis::{self, SetClock},
};

/// `None` where no server is installed.
pub(super) async fn limiter(clock: Arc<dyn Clock>) -> Option<Limiter> {
    let server = redis::counting(redis::settings(clock)?).await;
    Some(over(server))
}

fn over(server: Arc<RedisServer>) -> Limiter {
    let local = MemoryLimiter::new(Arc::new(ManualClock::new()));
    Arc::new(RedisLimiter::new(server, Arc::new(local)))
}

#[tokio::test]
async fn servers_that_share_a_redis_share_the_quota() {
    let Some(settings) = redis::settings(Arc::new(ManualClock::new())) else {
        return;
    };
    let one = over(redis::counting(settings.clone()).await);
    let other = over(redis::counting(settings).await);
    for limiter in [&one, &other, &one] {
        assert!(admitted(
            limiter.admit(Auth, client(1), limit("3/1s")).await
        ));
    }
    for limiter in [&one, &other] {
        assert!(!admitted(
            limiter.admit(Auth, client(1), limit("3/1s")).await
        ));
    }
}

#[tokio::test]
async fn the_servers_clock_counts_in_microseconds() {
    let Some(process) = redis::RedisProcess::start() else {
        return;
    };
    let url = process.url().parse().unwrap();
    let settings = RedisSettings::new(url, FallbackPolicy::Deny).with_patience(PATIENCE);
    let limiter = over(redis::counting(settings).await);
    let day = Duration::from_hours(24);
    let first = limiter.admit(Auth, client(1), limit("1/1day")).await;
    let microsecond = Duration::from_micros(1);
    let reset_after = day + microsecond;
    assert_eq!(
        first,
        Admitted {
            remaining: 0,
            reset_after
        }
    );
    let second = limiter.admit(Auth, client(1), limit("1/1day")).await;
    let Refused { retry_after } = second else {
        panic!("{second:?}");
    };
    assert!(retry_after <= reset_after && retry_after > Duration::from_hours(23));
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_a_client_up_for_a_window_at_most() {
    let clock = Arc::new(SetClock::default());
    let Some(settings) = redis::settings(clock.clone()) else {
        return;
    };
    let limiter = over(redis::counting(settings).await);
    let admit = || limiter.admit(Auth, client(1), limit("2/10s"));
    clock.set(5000);
    assert!(admitted(admit().await) && admitted(admit().await));
    clock.set(1000);
    let retry_after = Duration::from_secs(10) + TICK;
    assert_eq!(admit().await, Refused { retry_after });
    clock.set(1010);
    assert_eq!(admit().await, Refused { retry_after: TICK });
    clock.set(1011);
    assert!(admitted(admit().await) && admitted(admit().await));
    assert!(!admitted(admit().await));
}

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);
