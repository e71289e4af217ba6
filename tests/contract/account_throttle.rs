//! [`AccountThrottle`]'s contract. The clock stands still unless a test moves it.

mod model;
mod redis;
mod room;

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::{limiter::LocalThrottle, memory::MemoryThrottle},
    domain::{
        AttemptResult::{self, Abandoned, Failed, Succeeded},
        AttemptSubject, ClientAddress, LoginAttempts,
    },
    ports::{
        AccountThrottle,
        Attempt::{self, Admitted},
        CountedAt,
    },
};
use tokio::task::JoinSet;

use self::model::every_answer_is_what_the_attempts_of_this_subject_give;
use crate::support::clock::ManualClock;

type Throttle = Arc<dyn AccountThrottle>;

macro_rules! suite {
    ($($name:ident)*) => {
        mod memory { $(
            #[tokio::test]
            async fn $name() {
                let clock = super::Arc::new(super::ManualClock::new());
                super::$name(super::Arc::new(super::MemoryThrottle::new(clock.clone())), &clock).await;
            }
        )* }
        mod local { $(
            #[tokio::test]
            async fn $name() {
                let clock = super::Arc::new(super::ManualClock::new());
                let throttle = super::LocalThrottle::new(100_000, clock.clone());
                super::$name(super::Arc::new(throttle), &clock).await;
            }
        )* }
        mod on_redis { $(
            #[tokio::test]
            async fn $name() {
                let clock = super::Arc::new(super::ManualClock::new());
                if let Some(throttle) = super::redis::throttle(clock.clone()).await {
                    super::$name(throttle, &clock).await;
                }
            }
        )* }
    };
}

suite! {
    five_failures_cost_nothing_and_the_next_doubles_from_a_second_to_a_quarter_of_an_hour
    a_success_forgets_the_failures
    an_attempt_that_was_refused_does_not_count
    an_attempt_that_was_abandoned_does_not_count
    of_fifty_attempts_at_once_as_many_are_admitted_as_one_after_the_other
    after_a_delay_one_attempt_at_a_time_is_admitted
    an_attempt_that_nobody_ends_counts_for_a_minute
    names_are_counted_apart
    a_known_network_is_counted_apart
    failures_are_forgotten_after_a_day
    setting_the_wall_clock_changes_nothing
    every_answer_is_what_the_attempts_of_this_subject_give
}

fn name(number: u32) -> AttemptSubject {
    let mut name = [0; 32];
    name[..4].copy_from_slice(&number.to_be_bytes());
    AttemptSubject {
        name,
        network: None,
    }
}

fn admitted(attempt: Attempt) -> bool {
    matches!(attempt, Admitted(_))
}

async fn attempt(throttle: &Throttle, subject: AttemptSubject, result: AttemptResult) -> Attempt {
    let attempt = throttle.begin(subject).await;
    if let Admitted(counted) = attempt {
        throttle.end(subject, counted, result).await;
    }
    attempt
}

async fn fail(throttle: &Throttle, subject: AttemptSubject, times: u32) {
    for _ in 0..times {
        assert!(admitted(attempt(throttle, subject, Failed).await));
    }
}

fn just_before(duration: Duration) -> Duration {
    duration.saturating_sub(Duration::from_nanos(1))
}

fn throttled(seconds: u64) -> Attempt {
    Attempt::Throttled {
        retry_after: Duration::from_secs(seconds),
    }
}

async fn five_failures_cost_nothing_and_the_next_doubles_from_a_second_to_a_quarter_of_an_hour(
    throttle: Throttle,
    clock: &ManualClock,
) {
    fail(&throttle, name(1), 5).await;
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
        fail(&throttle, name(1), 1).await;
        assert_eq!(throttle.begin(name(1)).await, throttled(seconds));
        clock.advance(just_before(Duration::from_secs(seconds)));
        assert!(!admitted(throttle.begin(name(1)).await), "{seconds}");
        clock.advance(Duration::from_nanos(1));
    }
}

async fn a_success_forgets_the_failures(throttle: Throttle, _: &ManualClock) {
    fail(&throttle, name(1), 5).await;
    attempt(&throttle, name(1), Succeeded).await;
    fail(&throttle, name(1), 6).await;
    assert_eq!(throttle.begin(name(1)).await, throttled(1));
}

async fn an_attempt_that_was_refused_does_not_count(throttle: Throttle, clock: &ManualClock) {
    fail(&throttle, name(1), 6).await;
    for _ in 0..100 {
        assert_eq!(throttle.begin(name(1)).await, throttled(1));
    }
    clock.advance(Duration::from_secs(1));
    fail(&throttle, name(1), 1).await;
    assert_eq!(throttle.begin(name(1)).await, throttled(2));
}

async fn an_attempt_that_was_abandoned_does_not_count(throttle: Throttle, _: &ManualClock) {
    for _ in 0..100 {
        assert!(admitted(attempt(&throttle, name(1), Abandoned).await));
    }
    fail(&throttle, name(1), 6).await;
}

async fn of_fifty_attempts_at_once_as_many_are_admitted_as_one_after_the_other(
    throttle: Throttle,
    _: &ManualClock,
) {
    // The sixth failure is the first that delays.
    assert_eq!(fifty_at_once(throttle).await, 6);
}

/// How many of fifty concurrent attempts at one name are admitted.
async fn fifty_at_once(throttle: Throttle) -> usize {
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let throttle = throttle.clone();
        tasks.spawn(async move { throttle.begin(name(1)).await });
    }
    let answers = tasks.join_all().await;
    let begun = answers.into_iter().filter(|&answer| admitted(answer));
    begun.count()
}

async fn after_a_delay_one_attempt_at_a_time_is_admitted(throttle: Throttle, clock: &ManualClock) {
    fail(&throttle, name(1), 6).await;
    clock.advance(Duration::from_secs(1));
    assert!(admitted(throttle.begin(name(1)).await));
    // It would be the eighth failure.
    assert_eq!(throttle.begin(name(1)).await, throttled(2));
    throttle.end(name(1), CountedAt::Usual, Abandoned).await;
    assert!(admitted(throttle.begin(name(1)).await));
}

async fn an_attempt_that_nobody_ends_counts_for_a_minute(throttle: Throttle, clock: &ManualClock) {
    for _ in 0..6 {
        assert!(admitted(throttle.begin(name(1)).await));
    }
    clock.advance(just_before(LoginAttempts::LONGEST_FLIGHT));
    assert!(!admitted(throttle.begin(name(1)).await));
    clock.advance(Duration::from_nanos(1));
    assert!(admitted(throttle.begin(name(1)).await));
}

async fn names_are_counted_apart(throttle: Throttle, _: &ManualClock) {
    fail(&throttle, name(1), 6).await;
    fail(&throttle, name(2), 6).await;
    assert!(!admitted(throttle.begin(name(1)).await));
}

/// So that strangers cannot lock the owner out, nor guess at a shared address
/// without end.
async fn a_known_network_is_counted_apart(throttle: Throttle, _: &ManualClock) {
    let address = ClientAddress::new("192.0.2.7".parse().unwrap());
    let known = AttemptSubject {
        network: Some(address.network()),
        ..name(1)
    };
    fail(&throttle, name(1), 6).await;
    fail(&throttle, known, 6).await;
    assert_eq!(throttle.begin(known).await, throttled(1));
}

async fn failures_are_forgotten_after_a_day(throttle: Throttle, clock: &ManualClock) {
    fail(&throttle, name(1), 6).await;
    clock.advance(just_before(LoginAttempts::FORGOTTEN_AFTER));
    fail(&throttle, name(1), 1).await;
    assert_eq!(throttle.begin(name(1)).await, throttled(2));
    clock.advance(LoginAttempts::FORGOTTEN_AFTER);
    fail(&throttle, name(1), 6).await;
}

async fn setting_the_wall_clock_changes_nothing(throttle: Throttle, clock: &ManualClock) {
    fail(&throttle, name(1), 6).await;
    for wall in ["2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
        clock.set_wall(wall.parse().unwrap());
        assert_eq!(throttle.begin(name(1)).await, throttled(1));
    }
}
