//! Random requests, judged by the limiter and by plain counting.

use std::time::Duration;

use proptest::{
    collection::vec,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use signet::{
    domain::RateLimit,
    ports::{
        Admission::{self, Admitted, Refused},
        RateScope::Auth,
    },
};

use super::{Limiter, TICK, client};
use crate::support::clock::ManualClock;

pub(super) async fn every_answer_is_what_counting_all_admissions_gives(
    limiter: Limiter,
    clock: &ManualClock,
) {
    // Steps of 100 ms, so that requests often meet the ends of windows exactly.
    let cases = (1_u32..7, vec((0_u64..15, 1_u64..4), 0..60));
    let mut runner = TestRunner::default();
    for number in 0..256 {
        let (quota, requests) = cases.new_tree(&mut runner).unwrap().current();
        let (mut now, mut admissions) = (Duration::ZERO, Vec::new());
        for (tenths, window_seconds) in &requests {
            let step = Duration::from_millis(100 * tenths);
            now += step;
            clock.advance(step);
            let window = Duration::from_secs(*window_seconds);
            let limit = RateLimit::new(quota, window).unwrap();
            let expected = admit_naively(&mut admissions, now, limit);
            let answer = limiter.admit(Auth, client(number), limit).await;
            assert_eq!(answer, expected, "{quota}, {requests:?}");
        }
    }
}

fn admit_naively(admissions: &mut Vec<Duration>, now: Duration, limit: RateLimit) -> Admission {
    let ceases_after = |admission: Duration| {
        (admission + limit.window() + TICK)
            .checked_sub(now)
            .unwrap()
    };
    let counts = |admission: &&Duration| **admission + limit.window() >= now;
    let counted: Vec<_> = admissions.iter().filter(counts).copied().collect();
    let Some(remaining) = (limit.quota() as usize).checked_sub(counted.len() + 1) else {
        return Refused {
            retry_after: ceases_after(counted[counted.len() - limit.quota() as usize]),
        };
    };
    admissions.push(now);
    Admitted {
        remaining: u32::try_from(remaining).unwrap(),
        reset_after: ceases_after(counted.first().copied().unwrap_or(now)),
    }
}
