use std::time::Duration;

use proptest::prelude::*;
use signet::domain::{Generation, RefreshHistory, Timestamp};

use crate::support::fixtures::a_time;

const WINDOW: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_micros(156_250);

fn at(millis: u64) -> Timestamp {
    a_time() + Duration::from_millis(millis)
}

#[test]
fn a_token_counts_as_consumed_for_the_window_both_ends_included() {
    let mut history = RefreshHistory::default();
    history.consume(Generation::new(1), at(0), WINDOW);
    let consumed = |now| history.was_consumed_since(Generation::new(1), now - WINDOW);
    assert!(consumed(at(10_000)));
    assert!(!consumed(at(10_000) + Duration::from_micros(1)));
}

#[test]
fn a_token_that_was_never_consumed_does_not_count() {
    let mut history = RefreshHistory::default();
    history.consume(Generation::new(1), at(0), WINDOW);
    assert!(!history.was_consumed_since(Generation::new(2), at(0)));
}

#[test]
fn what_a_clock_that_was_ahead_noted_counts_as_consumed_by_the_next() {
    let mut history = RefreshHistory::default();
    for (generation, millis) in [(1, 0), (2, 500_000), (3, 1_000)] {
        history.consume(Generation::new(generation), at(millis), WINDOW);
    }
    let entries: Vec<_> = history.entries().iter().map(|entry| entry.at).collect();
    assert_eq!(entries, [at(0), at(1_000), at(1_000)]);
}

#[test]
fn its_memory_is_bounded_where_clocks_disagree_too() {
    let mut history = RefreshHistory::default();
    for generation in 1..2_000 {
        let ahead = u64::from(generation % 2) * 2_000;
        let now = at(u64::from(generation) * 20 + ahead);
        history.consume(Generation::new(generation), now, WINDOW);
        let length = history.entries().len();
        assert!(length <= 131, "{length}");
    }
}

proptest! {
    /// Against a list that forgets nothing: a token is never taken for older
    /// than it is, nor for younger by more than a step.
    #[test]
    fn its_memory_is_bounded_and_never_takes_a_token_for_older(
        gaps in prop::collection::vec(
            prop_oneof![20 => 0_u64..400, 1 => 400_u64..8_000, 1 => 8_000_u64..100_000],
            1..800,
        ),
        wait in 0_u64..12_000,
    ) {
        let mut history = RefreshHistory::default();
        let mut exact = Vec::new();
        let mut now = at(0);
        for (index, gap) in gaps.iter().enumerate() {
            now += Duration::from_millis(*gap);
            let generation = Generation::new(u32::try_from(index).unwrap() + 1);
            history.consume(generation, now, WINDOW);
            exact.push((generation, now));
            prop_assert!(history.entries().len() <= 130, "{}", history.entries().len());
        }
        let since = now + Duration::from_millis(wait) - WINDOW;
        for (generation, consumed_at) in exact {
            let counts = history.was_consumed_since(generation, since);
            if consumed_at >= since {
                prop_assert!(counts, "{generation} was forgotten");
            }
            if consumed_at + STEP < since {
                prop_assert!(!counts, "{generation} lasts too long");
            }
        }
    }
}

/// A server whose clock is ahead forgets tokens of which one that is behind
/// still sees a later one within its window: they are no younger for that.
#[test]
fn what_is_remembered_no_more_counts_as_consumed_long_ago() {
    let mut history = RefreshHistory::default();
    for (generation, millis) in [(1, 0), (2, 1_500), (3, 4_000), (4, 12_000)] {
        history.consume(Generation::new(generation), at(millis), WINDOW);
    }
    let behind = at(11_000) - WINDOW;
    assert!(!history.was_consumed_since(Generation::new(1), behind));
    assert!(history.was_consumed_since(Generation::new(2), behind));
}
