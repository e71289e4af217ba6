//! Random requests, judged by the limiter and by plain counting.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use proptest::{
    collection::vec,
    prop_assert_eq,
    test_runner::{Config, TestRunner},
};
use signet::{
    domain::RateLimit,
    ports::{
        Admission::{self, Admitted, Refused},
        RateLimiter,
        RateScope::Auth,
    },
};

use super::{TICK, client};
use crate::support::clock::ManualClock;

pub(super) fn every_answer_is_what_counting_all_admissions_gives(
    limiter: &dyn RateLimiter,
    clock: &ManualClock,
) {
    let cases = AtomicU32::new(0);
    // Steps of 100 ms, so that requests often meet the ends of windows exactly.
    let requests = vec((0_u64..15, 1_u64..4), 0..60);
    TestRunner::new(Config::default())
        .run(&(1_u32..7, requests), |(quota, requests)| {
            let client = client(cases.fetch_add(1, Ordering::Relaxed));
            let (mut now, mut admissions) = (Duration::ZERO, Vec::new());
            for (tenths, window_seconds) in requests {
                let step = Duration::from_millis(100 * tenths);
                now += step;
                clock.advance(step);
                let window = Duration::from_secs(window_seconds);
                let limit = RateLimit::new(quota, window).unwrap();
                let expected = admit_naively(&mut admissions, now, limit);
                prop_assert_eq!(limiter.admit(Auth, client, limit), expected);
            }
            Ok(())
        })
        .unwrap();
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
