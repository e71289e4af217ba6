//! What refresh tokens rotate for: nobody who holds an old one gets far, and
//! an owner who only retries is left alone.

use std::time::Duration;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};
use signet::domain::SessionTerms;
use tokio::runtime::Runtime;

use super::{
    flaws::Flaw,
    simulation::{Event, Simulation},
};

/// A world in which clocks differ by less than the reuse window.
#[derive(Clone, Debug)]
struct World {
    window: Duration,
    skews: Vec<i64>,
    events: Vec<Event>,
    last: (usize, usize),
}

/// What happens besides the owner's refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Nothing,
    Theft,
    /// And clocks that jump.
    TheftAndJumps,
}

impl Trouble {
    fn allows(self, event: &Event) -> bool {
        match event {
            Event::Steal { .. } | Event::Rival { .. } | Event::LogOut => self != Self::Nothing,
            Event::Jump { .. } => self == Self::TheftAndJumps,
            _ => true,
        }
    }
}

fn events(trouble: Trouble) -> impl Strategy<Value = Vec<Event>> {
    let server = 0_usize..3;
    let honest = prop_oneof![
        4 => (0_u32..15_000).prop_map(|millis| Event::Pass { millis }),
        1 => (0_u32..200).prop_map(|millis| Event::Pass { millis }),
        1 => (3_600_000_u32..400_000_000).prop_map(|millis| Event::Pass { millis }),
        4 => server.clone().prop_map(|server| Event::Refresh { server }),
        3 => server.clone().prop_map(|server| Event::LoseAnswer { server }),
        2 => [server.clone(), server.clone()].prop_map(|servers| Event::TwoTabs { servers }),
        1 => server.clone().prop_map(|server| Event::RotateRefreshKey { server }),
    ];
    let ahead = prop_oneof![2 => 0_i64..86_400_000, 1 => -3_600_000_i64..0, 2 => Just(0)];
    let event = prop_oneof![
        30 => honest,
        3 => (server.clone(), 0_usize..6).prop_map(|(server, back)| Event::Steal { server, back }),
        3 => server.clone().prop_map(|server| Event::Rival { server }),
        1 => Just(Event::LogOut),
        5 => (server, ahead).prop_map(|(server, millis)| Event::Jump { server, millis }),
    ];
    prop::collection::vec(event, 1..60).prop_map(move |mut events| {
        events.retain(|event| trouble.allows(event));
        events
    })
}

fn worlds(trouble: Trouble) -> impl Strategy<Value = World> {
    let skew = prop::collection::vec(-2_000_i64..2_000, 1..4);
    let last = (0_usize..3, 0_usize..6);
    (5_u64..30, skew, events(trouble), last).prop_map(|(window, skews, events, last)| World {
        window: Duration::from_secs(window),
        skews,
        events,
        last,
    })
}

/// Lives short enough for some sessions to end by themselves.
fn terms(window: Duration) -> SessionTerms {
    SessionTerms {
        idle: Duration::from_hours(24 * 4),
        longest: Duration::from_hours(24 * 12),
        reuse_window: window,
    }
}

async fn live(world: World, flaw: Option<Flaw>) -> Result<(), String> {
    let mut simulation = Simulation::new(terms(world.window), &world.skews, flaw).await;
    for event in &world.events {
        simulation.play(event).await?;
    }
    let (server, back) = world.last;
    simulation.end(server, back).await
}

fn run(
    mut runner: TestRunner,
    trouble: Trouble,
    flaw: Option<Flaw>,
) -> Result<(), TestError<World>> {
    let runtime = Runtime::new().unwrap();
    runner.run(&worlds(trouble), |world| {
        let lived = runtime.block_on(live(world, flaw));
        lived.map_err(TestCaseError::fail)
    })
}

fn config() -> Config {
    Config {
        cases: 400,
        failure_persistence: None,
        max_shrink_iters: 500,
        ..Config::default()
    }
}

fn check(trouble: Trouble) {
    if let Err(error) = run(TestRunner::new(config()), trouble, None) {
        panic!("{error}");
    }
}

/// The worlds are the same at every run: it either finds the flaw or does not.
fn assert_found(flaw: Flaw, trouble: Trouble) {
    let config = Config {
        cases: 500,
        max_shrink_iters: 0,
        ..config()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let found = run(TestRunner::new_with_rng(config, rng), trouble, Some(flaw));
    match found {
        Err(TestError::Fail(reason, _)) => println!("{flaw:?}: {reason}"),
        other => panic!("{flaw:?} was not found: {other:?}"),
    }
}

#[test]
fn an_owner_who_retries_within_the_window_is_never_logged_out() {
    check(Trouble::Nothing);
}

#[test]
fn after_the_owners_next_refresh_and_the_window_a_replay_ends_the_session() {
    check(Trouble::Theft);
}

#[test]
fn that_holds_again_once_clocks_that_jumped_are_right() {
    check(Trouble::TheftAndJumps);
}

#[test]
fn a_store_that_logs_owners_out_is_found() {
    assert_found(Flaw::NeverRepeats, Trouble::Nothing);
    assert_found(Flaw::ForgetsHistory, Trouble::Nothing);
}

#[test]
fn a_store_that_leaves_old_tokens_good_is_found() {
    assert_found(Flaw::RepeatsForEver, Trouble::Theft);
    assert_found(Flaw::RemembersLatestOnly, Trouble::Theft);
}

#[test]
fn a_store_that_keeps_a_reused_session_is_found() {
    assert_found(Flaw::KeepsReusedSession, Trouble::Theft);
}

#[test]
fn a_store_that_believes_a_clock_that_ran_ahead_is_found() {
    assert_found(Flaw::TrustsTheLatestClock, Trouble::TheftAndJumps);
}
