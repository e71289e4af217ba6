//! [`RateLimiter`]'s contract. The clock stands still unless a test moves it.

mod model;
mod redis;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use signet::{
    adapters::{limiter::MokaLimiter, memory::MemoryLimiter},
    domain::{ClientAddress, RateLimit, UserId},
    ports::{
        Admission::{self, Admitted, Refused},
        RateClient, RateLimiter,
        RateScope::{Auth, Register},
    },
};

use tokio::{sync::Barrier, task::JoinSet};
use uuid::Uuid;

use self::model::every_answer_is_what_counting_all_admissions_gives;
use crate::support::clock::ManualClock;

const TICK: Duration = Duration::from_nanos(1);

type Limiter = Arc<dyn RateLimiter>;

macro_rules! suite {
    ($($name:ident)*) => {
        mod memory { $(
            #[tokio::test]
            async fn $name() {
                let clock = super::Arc::new(super::ManualClock::new());
                let limiter = super::MemoryLimiter::new(clock.clone());
                super::$name(super::Arc::new(limiter), &clock).await;
            }
        )* }
        mod moka { $(
            #[tokio::test]
            async fn $name() {
                let clock = super::Arc::new(super::ManualClock::new());
                let limiter = super::MokaLimiter::new(100_000, clock.clone());
                super::$name(super::Arc::new(limiter), &clock).await;
            }
        )* }
        mod on_redis { $(
            #[tokio::test]
            async fn $name() {
                let clock = super::Arc::new(super::ManualClock::new());
                if let Some(limiter) = super::redis::limiter(clock.clone()).await {
                    super::$name(limiter, &clock).await;
                }
            }
        )* }
    };
}

suite! {
    ten_requests_100_ms_apart_pass_and_the_eleventh_does_not
    a_request_counts_until_just_after_its_window
    a_refused_request_does_not_count
    an_admission_tells_how_many_remain_and_when_the_oldest_ceases_to_count
    a_wait_of_retry_after_is_enough_and_a_shorter_one_is_not
    scopes_are_limited_apart
    clients_are_limited_apart
    users_are_limited_apart_wherever_they_are
    setting_the_wall_clock_changes_nothing
    of_fifty_concurrent_requests_the_quota_is_admitted
    a_limit_that_changes_holds_for_the_next_request
    quotas_that_differ_hold_side_by_side
    every_answer_is_what_counting_all_admissions_gives
}

async fn ten_requests_100_ms_apart_pass_and_the_eleventh_does_not(
    limiter: Limiter,
    clock: &ManualClock,
) {
    for _ in 0..10 {
        assert!(admitted(
            limiter.admit(Auth, client(1), limit("10/1s")).await
        ));
        clock.advance(Duration::from_millis(100));
    }
    assert!(!admitted(
        limiter.admit(Auth, client(1), limit("10/1s")).await
    ));
}

async fn a_request_counts_until_just_after_its_window(limiter: Limiter, clock: &ManualClock) {
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("1/1s")).await
    ));
    clock.advance(Duration::from_secs(1));
    assert!(!admitted(
        limiter.admit(Auth, client(1), limit("1/1s")).await
    ));
    clock.advance(TICK);
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("1/1s")).await
    ));
}

async fn a_refused_request_does_not_count(limiter: Limiter, clock: &ManualClock) {
    for _ in 0..2 {
        assert!(admitted(
            limiter.admit(Auth, client(1), limit("2/1s")).await
        ));
    }
    for _ in 0..10 {
        clock.advance(Duration::from_millis(100));
        assert!(!admitted(
            limiter.admit(Auth, client(1), limit("2/1s")).await
        ));
    }
    clock.advance(TICK);
    for _ in 0..2 {
        assert!(admitted(
            limiter.admit(Auth, client(1), limit("2/1s")).await
        ));
    }
}

async fn an_admission_tells_how_many_remain_and_when_the_oldest_ceases_to_count(
    limiter: Limiter,
    clock: &ManualClock,
) {
    // The first has ceased to count when the last comes, after 1200 ms.
    for (remaining, millis) in [(2, 1000), (1, 600), (0, 200), (0, 200)] {
        let expected = Admitted {
            remaining,
            reset_after: Duration::from_millis(millis) + TICK,
        };
        let answer = limiter.admit(Auth, client(1), limit("3/1s")).await;
        assert_eq!(answer, expected, "{remaining} remaining");
        clock.advance(Duration::from_millis(400));
    }
}

async fn a_wait_of_retry_after_is_enough_and_a_shorter_one_is_not(
    limiter: Limiter,
    clock: &ManualClock,
) {
    for _ in 0..3 {
        limiter.admit(Auth, client(1), limit("3/1s")).await;
        clock.advance(Duration::from_micros(123_456));
    }
    let Refused { retry_after } = limiter.admit(Auth, client(1), limit("3/1s")).await else {
        panic!("the fourth request was admitted");
    };
    assert_eq!(
        retry_after,
        Duration::from_micros(1_000_000 - 3 * 123_456) + TICK
    );
    clock.advance(retry_after.checked_sub(TICK).unwrap());
    assert_eq!(
        limiter.admit(Auth, client(1), limit("3/1s")).await,
        Refused { retry_after: TICK }
    );
    clock.advance(TICK);
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("3/1s")).await
    ));
}

async fn scopes_are_limited_apart(limiter: Limiter, _: &ManualClock) {
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("1/1s")).await
    ));
    assert!(admitted(
        limiter.admit(Register, client(1), limit("1/1s")).await
    ));
    assert!(!admitted(
        limiter.admit(Auth, client(1), limit("1/1s")).await
    ));
    assert!(!admitted(
        limiter.admit(Register, client(1), limit("1/1s")).await
    ));
}

async fn clients_are_limited_apart(limiter: Limiter, _: &ManualClock) {
    for number in 0..100 {
        assert!(admitted(
            limiter.admit(Auth, client(number), limit("1/1s")).await
        ));
    }
    for number in 0..100 {
        assert!(!admitted(
            limiter.admit(Auth, client(number), limit("1/1s")).await
        ));
    }
}

async fn users_are_limited_apart_wherever_they_are(limiter: Limiter, _: &ManualClock) {
    let user = |number| RateClient::User(UserId::new(Uuid::from_u128(number)));
    for client in [user(1), user(2), client(1)] {
        assert!(admitted(limiter.admit(Auth, client, limit("1/1s")).await));
        assert!(!admitted(limiter.admit(Auth, client, limit("1/1s")).await));
    }
}

async fn setting_the_wall_clock_changes_nothing(limiter: Limiter, clock: &ManualClock) {
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("1/1h")).await
    ));
    for wall in ["2036-01-01T00:00:00Z", "2016-01-01T00:00:00Z"] {
        clock.set_wall(wall.parse().unwrap());
        assert!(!admitted(
            limiter.admit(Auth, client(1), limit("1/1h")).await
        ));
    }
}

async fn of_fifty_concurrent_requests_the_quota_is_admitted(limiter: Limiter, _: &ManualClock) {
    for number in 0..20 {
        let start = Arc::new(Barrier::new(50));
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let (limiter, start) = (limiter.clone(), start.clone());
            tasks.spawn(async move {
                start.wait().await;
                limiter.admit(Auth, client(number), limit("10/1s")).await
            });
        }
        let answers = tasks.join_all().await;
        let winners = answers.into_iter().filter(|&answer| admitted(answer));
        assert_eq!(winners.count(), 10);
    }
}

async fn quotas_that_differ_hold_side_by_side(limiter: Limiter, clock: &ManualClock) {
    let (smaller, larger) = (limit("2/10s"), limit("4/10s"));
    let admit = async |limit| admitted(limiter.admit(Auth, client(1), limit).await);
    for _ in 0..4 {
        assert!(admit(larger).await);
        clock.advance(Duration::from_secs(1));
    }
    for _ in 0..3 {
        assert!(!admit(smaller).await);
        assert!(!admit(larger).await);
    }
    // The first of the four ceases to count, and those beyond the smaller quota with the third.
    clock.advance(Duration::from_secs(6) + TICK);
    assert!(!admit(smaller).await);
    assert!(admit(larger).await && !admit(larger).await);
    clock.advance(Duration::from_secs(2));
    assert!(!admit(smaller).await);
    assert!(admit(larger).await && admit(larger).await && !admit(larger).await);
}

async fn a_limit_that_changes_holds_for_the_next_request(limiter: Limiter, clock: &ManualClock) {
    for _ in 0..4 {
        assert!(admitted(
            limiter.admit(Auth, client(1), limit("4/1s")).await
        ));
        clock.advance(Duration::from_millis(200));
    }
    // Admitted 800, 600, 400 and 200 ms ago. A smaller quota waits for the last two.
    let expected = Refused {
        retry_after: Duration::from_millis(600) + TICK,
    };
    assert_eq!(
        limiter.admit(Auth, client(1), limit("2/1s")).await,
        expected
    );
    // A larger one has room at once.
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("10/1s")).await
    ));
    // A longer window still counts what a shorter one had done with.
    clock.advance(Duration::from_secs(5));
    assert!(!admitted(
        limiter.admit(Auth, client(1), limit("3/1m")).await
    ));
    assert!(admitted(
        limiter.admit(Auth, client(1), limit("3/1s")).await
    ));
}

#[tokio::test]
async fn a_million_addresses_stay_within_the_bound_and_do_not_free_a_steady_offender() {
    const BOUND: u64 = 10_000;
    const ADDRESSES: u32 = 1_000_000;
    let limiter = MokaLimiter::new(BOUND, Arc::new(ManualClock::new()));
    let offender = client(u32::MAX);
    assert!(admitted(limiter.admit(Auth, offender, limit("1/1s")).await));
    for number in 0..ADDRESSES {
        assert!(admitted(
            limiter.admit(Auth, client(number), limit("1/1s")).await
        ));
        if number % 100 == 0 {
            assert!(!admitted(
                limiter.admit(Auth, offender, limit("1/1s")).await
            ));
        }
    }
    assert!(limiter.clients() <= BOUND);
}

fn admitted(admission: Admission) -> bool {
    matches!(admission, Admitted { .. })
}

fn limit(text: &str) -> RateLimit {
    text.parse().unwrap()
}

fn client(number: u32) -> RateClient {
    let address = ClientAddress::new(IpAddr::V4(Ipv4Addr::from_bits(number)));
    RateClient::Network(address.network())
}
