//! What the whole life of keys exists for: every token, at every moment of its
//! life, verifies for every verifier that caches the key set as allowed.

use std::time::Duration;

use chrono::TimeDelta;
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};
use signet::domain::KeyTimings;

use super::simulation::{Event, Simulation};

#[derive(Clone, Debug)]
struct World {
    timings: KeyTimings,
    lifetimes: Vec<Duration>,
    skews: Vec<TimeDelta>,
    events: Vec<Event>,
}

fn timings() -> impl Strategy<Value = KeyTimings> {
    (1..20u64, 1..600u64, 0..120u64, 2..10u32, 0..2000u64).prop_map(
        |(refresh, max_age, skew, refreshes, extra)| {
            let refresh = Duration::from_secs(refresh);
            let mut timings = KeyTimings {
                rotation_interval: Duration::ZERO,
                jwks_max_age: Duration::from_secs(max_age),
                clock_skew: Duration::from_secs(skew),
                refresh,
                staleness: refresh * refreshes,
                token_lifetime: Duration::ZERO,
            };
            timings.rotation_interval = timings.publish_ahead() + Duration::from_secs(extra);
            timings
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let server = 0..3usize;
    prop_oneof![
        6 => (1..400u32).prop_map(Event::Pass),
        2 => (1000..6000u32).prop_map(Event::Pass),
        1 => server.clone().prop_map(Event::Stop),
        3 => server.clone().prop_map(Event::Start),
        1 => server.clone().prop_map(Event::Partition),
        2 => server.clone().prop_map(Event::Heal),
        1 => server.clone().prop_map(Event::Rotate),
        6 => server.clone().prop_map(Event::Issue),
        9 => (0..3usize, server).prop_map(|(verifier, server)| Event::Verify(verifier, server)),
    ]
}

fn world() -> impl Strategy<Value = World> {
    timings().prop_flat_map(|timings| {
        let lifetime = (1..3000u64).prop_map(Duration::from_secs);
        // Two clocks are at most the skew apart.
        let half_skew = i64::try_from(timings.clock_skew.as_millis() / 2).unwrap();
        let skew = (-half_skew..=half_skew).prop_map(TimeDelta::milliseconds);
        (
            prop::collection::vec(lifetime, 3),
            prop::collection::vec(skew, 3),
            prop::collection::vec(event(), 20..150),
        )
            .prop_map(move |(lifetimes, skews, events)| World {
                timings,
                lifetimes,
                skews,
                events,
            })
    })
}

/// Plays the world; `backdate` makes keys count as published earlier.
fn play(world: &World, backdate: Duration) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let World {
            timings,
            lifetimes,
            skews,
            events,
        } = world;
        let mut simulation = Simulation::new(*timings, lifetimes, skews, backdate);
        simulation.play(&Event::Start(0)).await.unwrap();
        for event in events {
            simulation.play(event).await.map_err(TestCaseError::fail)?;
        }
        Ok(())
    })
}

fn check(backdate: impl Fn(&World) -> Duration) -> Result<(), Box<TestError<World>>> {
    let config = Config {
        cases: 200,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&world(), |world| play(&world, backdate(&world)))
        .map_err(Box::new)
}

#[test]
fn every_token_verifies_for_every_verifier_at_every_moment_of_its_life() {
    if let Err(error) = check(|_| Duration::ZERO) {
        panic!("{error}");
    }
}

#[test]
fn without_publishing_ahead_some_token_is_found_that_does_not_verify() {
    let found = check(|world| world.timings.publish_ahead());
    assert!(found.is_err_and(|error| matches!(*error, TestError::Fail(..))));
}
