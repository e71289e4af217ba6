//! What the whole life of keys exists for: every token, at every moment of its
//! life, verifies for every verifier that caches the key set as allowed.

use std::time::Duration;

use chrono::TimeDelta;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use signet::domain::KeyTimings;

use super::simulation::{
    Event, Rotation, Simulation, UNVERIFIED, World,
    link::{Flaw, Forgets},
};

/// Settings in seconds: as the time is simulated, small ones are as good as
/// days, and make many rereadings rare.
fn settings(skew: u64) -> impl Strategy<Value = KeyTimings> {
    (1..4u64, 2..5u64, 1..40u64, 1..60u64).prop_map(
        move |(refresh, refreshes, max_age, lifetime)| KeyTimings {
            rotation_interval: Duration::ZERO,
            jwks_max_age: Duration::from_secs(max_age),
            clock_skew: Duration::from_secs(skew),
            refresh: Duration::from_secs(refresh),
            staleness: Duration::from_secs(refresh * refreshes),
            token_lifetime: Duration::from_secs(lifetime),
        },
    )
}

/// At either end of what the skew allows, or right.
fn ahead(skew: u64) -> impl Strategy<Value = TimeDelta> {
    let half = TimeDelta::milliseconds(i64::try_from(skew * 500).unwrap());
    prop_oneof![2 => Just(half), 2 => Just(-half), 1 => Just(TimeDelta::zero())]
}

fn event(skew: u64) -> impl Strategy<Value = Event> {
    let server = 0..3usize;
    prop_oneof![
        5 => Just(Event::Nothing),
        1 => (server.clone(), 1..300u32).prop_map(|(server, percent)| Event::Cut(server, percent)),
        2 => (server.clone(), 0..2usize).prop_map(|(server, to)| Event::Restart(server, to)),
        1 => (server.clone(), ahead(skew)).prop_map(|(server, to)| Event::SetClock(server, to)),
        1 => server.clone().prop_map(Event::Revoke),
        2 => server.prop_map(Event::ReplaceNext),
    ]
}

fn rotation(skew: u64) -> impl Strategy<Value = Rotation> {
    let delay = prop_oneof![Just(Duration::ZERO), Just(KeyTimings::COMMIT_DELAY)];
    let event = (0..=100u8, event(skew));
    let restart = prop::option::of(0..2usize);
    (event, 0..3usize, delay, any::<bool>(), restart).prop_map(
        |(event, by, delay, cuts_others, others_restart)| Rotation {
            event,
            by,
            delay,
            cuts_others,
            others_restart,
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    let skew = prop_oneof![Just(0u64), 1..60u64];
    let parts = skew.prop_flat_map(|skew| {
        let settings = [settings(skew), settings(skew)];
        let ahead = [ahead(skew), ahead(skew), ahead(skew)];
        let rotations = prop::collection::vec(rotation(skew), 4..8);
        (settings, ahead, rotations, any::<bool>(), 0..100u64)
    });
    parts.prop_map(|(mut settings, ahead, rotations, alike, extra)| {
        if alike {
            settings[1] = settings[0];
        }
        for timings in &mut settings {
            timings.rotation_interval = timings.publish_ahead() + Duration::from_secs(extra);
            timings.check().unwrap();
        }
        World {
            settings,
            ahead,
            rotations,
        }
    })
}

/// Plays many worlds, the same in every run. `flaw`: what is wrong with their
/// arithmetic, by their settings.
fn check(flaw: impl Fn(KeyTimings) -> Flaw) -> Result<(), Box<TestError<World>>> {
    let config = Config {
        cases: 150,
        failure_persistence: None,
        max_shrink_iters: 0,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&world(), |world| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime
                .block_on(Simulation::play(&world, flaw(world.settings[0])))
                .map_err(TestCaseError::fail)
        })
        .map_err(Box::new)
}

fn assert_found_broken(flaw: impl Fn(KeyTimings) -> Flaw) {
    match check(flaw).map_err(|error| *error) {
        // Not by a panic of the simulation itself.
        Err(TestError::Fail(reason, _)) if reason.message().starts_with(UNVERIFIED) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_token_verifies_for_every_verifier_at_every_moment_of_its_life() {
    if let Err(error) = check(|_| Flaw::default()) {
        panic!("{error}");
    }
}

/// For each term of the sums a world that lacks it alone.
macro_rules! found_broken {
    ($($name:ident: $flaw:expr;)*) => {
        mod found_broken {
            use super::{Duration, Flaw, Forgets, KeyTimings, assert_found_broken};

            fn published_shorter(by: Duration) -> Flaw {
                Flaw {
                    publish_ahead: by,
                    ..Flaw::default()
                }
            }

            fn kept_shorter(by: Duration) -> Flaw {
                Flaw {
                    retention: by,
                    ..Flaw::default()
                }
            }

            fn without(forgets: Forgets) -> Flaw {
                Flaw {
                    forgets,
                    ..Flaw::default()
                }
            }

            $(
                #[test]
                fn $name() {
                    assert_found_broken($flaw);
                }
            )*
        }
    };
}

found_broken! {
    no_publish_ahead: |t: KeyTimings| published_shorter(t.publish_ahead());
    publish_ahead_without_the_max_age: |t: KeyTimings| published_shorter(t.jwks_max_age);
    publish_ahead_without_the_staleness: |t: KeyTimings| published_shorter(t.staleness);
    publish_ahead_without_the_skew: |t: KeyTimings| published_shorter(t.clock_skew);
    publish_ahead_without_the_commit_delay:
        |_: KeyTimings| published_shorter(KeyTimings::COMMIT_DELAY);
    // It is in both sums, and once would be enough: the second is spare time.
    retention_without_the_staleness: |t: KeyTimings| kept_shorter(t.staleness * 2);
    // One for the issuer and one for the verifier.
    retention_without_one_of_the_skews: |t: KeyTimings| kept_shorter(t.clock_skew);
    retention_without_the_commit_delay: |_: KeyTimings| kept_shorter(KeyTimings::COMMIT_DELAY);
    signs_after_retirement_of_zero: |t: KeyTimings| kept_shorter(t.signs_after_retirement());
    published_after_expiry_of_zero: |t: KeyTimings| kept_shorter(t.published_after_expiry());
    retention_without_the_lifetime: |t: KeyTimings| kept_shorter(t.token_lifetime);
    publish_ahead_that_the_next_keys_row_does_not_tell:
        |_: KeyTimings| without(Forgets::AheadOfNext);
    publish_ahead_that_the_active_keys_row_does_not_tell:
        |_: KeyTimings| without(Forgets::AheadOfActive);
    retention_by_the_staleness_of_one_server: |_: KeyTimings| without(Forgets::StillSigning);
    retention_by_the_lifetime_of_one_server: |_: KeyTimings| without(Forgets::Lifetime);
}
