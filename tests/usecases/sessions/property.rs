use std::time::Duration;

use proptest::{prelude::*, test_runner::TestRunner};
use signet::domain::SessionTerms;
use tokio::runtime::Runtime;

use super::simulation::{Event, Simulation};

/// A world in which clocks differ by less than the reuse window.
#[derive(Clone, Debug)]
struct World {
    window: Duration,
    skews: Vec<i64>,
    events: Vec<Event>,
    last: (usize, usize),
}

fn events(with_theft: bool) -> impl Strategy<Value = Vec<Event>> {
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
    let theft = prop_oneof![
        30 => honest,
        3 => (server.clone(), 0_usize..6).prop_map(|(server, back)| Event::Steal { server, back }),
        3 => server.prop_map(|server| Event::Rival { server }),
        1 => Just(Event::LogOut),
    ];
    prop::collection::vec(theft, 1..60).prop_map(move |mut events| {
        if !with_theft {
            events.retain(|e| {
                !matches!(e, Event::Steal { .. } | Event::Rival { .. } | Event::LogOut)
            });
        }
        events
    })
}

fn worlds(with_theft: bool) -> impl Strategy<Value = World> {
    let skew = prop::collection::vec(-2_000_i64..2_000, 1..4);
    let last = (0_usize..3, 0_usize..6);
    (5_u64..30, skew, events(with_theft), last).prop_map(|(window, skews, events, last)| World {
        window: Duration::from_secs(window),
        skews,
        events,
        last,
    })
}

fn terms(window: Duration) -> SessionTerms {
    SessionTerms {
        idle: Duration::from_hours(24 * 30),
        longest: Duration::from_hours(24 * 3650),
        reuse_window: window,
    }
}

async fn live(world: World) -> Result<(), String> {
    let mut simulation = Simulation::new(terms(world.window), &world.skews).await;
    for event in &world.events {
        simulation.play(event).await?;
    }
    let (server, back) = world.last;
    simulation.end(server, back).await
}

fn check(worlds: impl Strategy<Value = World>) {
    let runtime = Runtime::new().unwrap();
    TestRunner::new(ProptestConfig::with_cases(150))
        .run(&worlds, |world| {
            runtime.block_on(live(world)).map_err(TestCaseError::fail)
        })
        .unwrap();
}

#[test]
fn an_owner_who_retries_within_the_window_is_never_logged_out() {
    check(worlds(false));
}

#[test]
fn after_the_owners_next_refresh_and_the_window_a_replay_ends_the_session() {
    check(worlds(true));
}
