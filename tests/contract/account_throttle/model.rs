//! Random attempts, judged by the throttle and by plain counting.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    strategy::ValueTree,
    test_runner::TestRunner,
};
use signet::{
    domain::AttemptResult::{self, Abandoned, Failed, Succeeded},
    ports::{Attempt, CountedAt},
};

use super::{Throttle, name};
use crate::support::clock::ManualClock;

const CASES: u32 = 32;

#[derive(Clone, Debug)]
enum Event {
    Pass(Duration),
    Begin(u8),
    End(u8, AttemptResult),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let subject = any::<u8>().prop_map(|byte| byte % 3);
    let result = prop_oneof![6 => Just(Failed), 1 => Just(Succeeded), 1 => Just(Abandoned)];
    let seconds = prop_oneof![6 => 0_u64..4, 2 => 0_u64..1000, 1 => 80_000_u64..90_000];
    let event = prop_oneof![
        2 => seconds.prop_map(|seconds| Event::Pass(Duration::from_secs(seconds))),
        6 => subject.clone().prop_map(Event::Begin),
        5 => (subject, result).prop_map(|(subject, result)| Event::End(subject, result)),
    ];
    vec(event, 0..150)
}

/// What plain counting knows of one name.
#[derive(Default)]
struct Counted {
    failures: u32,
    last_failure: Option<Duration>,
    in_flight: Vec<Duration>,
}

/// In seconds, after so many failures.
fn delay(failures: usize) -> u64 {
    match failures {
        0..=5 => 0,
        6..=15 => 1 << (failures - 6),
        _ => 900,
    }
}

impl Counted {
    fn settle(&mut self, now: Duration) {
        let day = Duration::from_hours(24);
        if self.last_failure.is_none_or(|last| now >= last + day) {
            self.failures = 0;
        }
        let minute = Duration::from_mins(1);
        self.in_flight.retain(|began| now < *began + minute);
    }

    /// Whether an attempt may begin, and when one may where it may not.
    fn begin(&mut self, now: Duration) -> Attempt {
        self.settle(now);
        let failures = self.failures as usize;
        let may = self.last_failure.unwrap_or_default() + Duration::from_secs(delay(failures));
        let at_once = delay(failures + self.in_flight.len());
        if failures > 0 && now < may {
            return Attempt::Throttled {
                retry_after: may.checked_sub(now).unwrap(),
            };
        }
        if !self.in_flight.is_empty() && at_once > 0 {
            return Attempt::Throttled {
                retry_after: Duration::from_secs(at_once),
            };
        }
        self.in_flight.push(now);
        Attempt::Admitted(CountedAt::Usual)
    }

    /// False when none is under way.
    fn end(&mut self, now: Duration, result: AttemptResult) -> bool {
        self.settle(now);
        if self.in_flight.is_empty() {
            return false;
        }
        self.in_flight.remove(0);
        match result {
            Succeeded => self.failures = 0,
            Failed => {
                self.failures += 1;
                self.last_failure = Some(now);
            }
            Abandoned => {}
        }
        true
    }
}

pub(super) async fn every_answer_is_what_the_attempts_of_this_subject_give(
    throttle: Throttle,
    clock: &ManualClock,
) {
    let mut runner = TestRunner::default();
    // Some 40 days pass in them; a clock of nanoseconds is exact for 104 on Redis.
    for case in 0..CASES {
        let events = events().new_tree(&mut runner).unwrap().current();
        let mut now = Duration::ZERO;
        let mut names: [Counted; 3] = Default::default();
        for event in &events {
            let subject = |number: u8| name(case * 3 + u32::from(number));
            match event {
                Event::Pass(time) => {
                    now += *time;
                    clock.advance(*time);
                }
                Event::Begin(number) => {
                    let expected = names[usize::from(*number)].begin(now);
                    let answer = throttle.begin(subject(*number)).await;
                    assert_eq!(answer, expected, "{events:?}");
                }
                Event::End(number, result) => {
                    if names[usize::from(*number)].end(now, *result) {
                        throttle
                            .end(subject(*number), CountedAt::Usual, *result)
                            .await;
                    }
                }
            }
        }
    }
}
