//! The names that a bounded throttle keeps, and those that it forgets.

use std::sync::Arc;

use signet::{
    adapters::limiter::LocalThrottle,
    domain::{
        AttemptResult::{Abandoned, Failed, Succeeded},
        LoginAttempts,
    },
    ports::{AccountThrottle, CountedAt},
};

use super::{Throttle, admitted, fail, fifty_at_once, name, throttled};
use crate::support::clock::ManualClock;

#[tokio::test]
async fn so_many_names_are_kept_and_not_one_more() {
    let throttle = LocalThrottle::new(100, Arc::new(ManualClock::new()));
    for number in 0..1000 {
        throttle.begin(name(number)).await;
        throttle.end(name(number), CountedAt::Usual, Failed).await;
        assert!(throttle.subjects() <= 100);
    }
    assert_eq!(throttle.subjects(), 100);
}

#[tokio::test]
async fn a_name_without_failures_takes_no_room() {
    let throttle = LocalThrottle::new(100, Arc::new(ManualClock::new()));
    for result in [Succeeded, Abandoned] {
        throttle.begin(name(1)).await;
        throttle.end(name(1), CountedAt::Usual, result).await;
        assert_eq!(throttle.subjects(), 0);
    }
}

/// A full throttle, each of whose names failed several times.
async fn full() -> Throttle {
    let throttle: Throttle = Arc::new(LocalThrottle::new(100, Arc::new(ManualClock::new())));
    for number in 1000..1100 {
        fail(&throttle, name(number), 6).await;
    }
    throttle
}

#[tokio::test]
async fn the_name_that_failed_longest_ago_is_forgotten_first() {
    let throttle = full().await;
    fail(&throttle, name(0), 1).await;
    assert!(admitted(throttle.begin(name(1000)).await));
    for number in 1001..1100 {
        assert!(!admitted(throttle.begin(name(number)).await));
    }
}

#[tokio::test]
async fn guesses_at_once_gain_nothing_when_the_throttle_is_full() {
    let begun = fifty_at_once(full().await).await;
    assert_eq!(begun, 6);
}

#[tokio::test]
async fn guesses_one_after_the_other_gain_nothing_when_the_throttle_is_full() {
    let throttle = full().await;
    fail(&throttle, name(0), 6).await;
    assert_eq!(throttle.begin(name(0)).await, throttled(1));
}

#[tokio::test]
async fn a_name_in_flight_is_kept_whoever_fails_meanwhile() {
    let throttle = full().await;
    for _ in 0..6 {
        assert!(admitted(throttle.begin(name(0)).await));
    }
    for number in 1..500 {
        fail(&throttle, name(number), 1).await;
    }
    assert!(!admitted(throttle.begin(name(0)).await));
}

/// A busy server answers without a hash: that must not be a cheap way to have a
/// name forgotten.
#[tokio::test]
async fn attempts_that_come_to_nothing_make_nobody_forget_a_name() {
    let throttle = full().await;
    for number in 0..500 {
        throttle.begin(name(number)).await;
    }
    for number in 0..500 {
        throttle
            .end(name(number), CountedAt::Usual, Abandoned)
            .await;
    }
    for number in 1000..1100 {
        assert!(!admitted(throttle.begin(name(number)).await));
    }
}

#[tokio::test]
async fn attempts_that_nobody_ends_take_no_room_for_ever() {
    let clock = Arc::new(ManualClock::new());
    let throttle = LocalThrottle::new(10, clock.clone());
    for number in 0..100 {
        throttle.begin(name(number)).await;
    }
    clock.advance(LoginAttempts::LONGEST_FLIGHT);
    throttle.begin(name(100)).await;
    throttle.end(name(100), CountedAt::Usual, Failed).await;
    assert_eq!(throttle.subjects(), 1);
}

#[tokio::test]
async fn what_is_a_day_old_makes_room_before_what_counts() {
    let clock = Arc::new(ManualClock::new());
    let local = Arc::new(LocalThrottle::new(10, clock.clone()));
    let throttle: Throttle = local.clone();
    for number in 0..10 {
        fail(&throttle, name(number), 6).await;
    }
    clock.advance(LoginAttempts::FORGOTTEN_AFTER);
    for number in 10..20 {
        fail(&throttle, name(number), 1).await;
    }
    for number in 10..20 {
        fail(&throttle, name(number), 5).await;
        assert_eq!(throttle.begin(name(number)).await, throttled(1));
    }
}
