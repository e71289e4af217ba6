use std::{collections::VecDeque, time::Duration};

use crate::{
    domain::{MonotonicTime, RateLimit},
    ports::Admission,
};

/// A request counts up to and including the end of its window, so the first
/// instant at which it no longer does is this much later.
const CLOCK_RESOLUTION: Duration = Duration::from_nanos(1);

/// When one client was last admitted: an exact sliding window, for limiters
/// that keep their counts in this process. It stands here and not in the domain
/// because it is one way to fulfil the port; a shared store counts differently.
///
/// It keeps the latest `quota` admissions, however old: they are enough to judge
/// any window, so a limit whose window changes stays exact. Those beyond a quota
/// that is smaller now go when it admits a request: they count no more then.
///
/// 16 bytes per admission kept, allocated as requests come.
#[derive(Debug, Default)]
pub struct SlidingWindow {
    /// Oldest first.
    admissions: VecDeque<MonotonicTime>,
}

impl SlidingWindow {
    /// Judges a request that came at `now`, and counts it if it is admitted.
    /// `now` must not lie before that of an earlier call: read the clock under
    /// the lock that guards the window.
    pub fn admit(&mut self, now: MonotonicTime, limit: RateLimit) -> Admission {
        let quota = limit.quota() as usize;
        let counts = |admission: &MonotonicTime| now.since(*admission) <= limit.window();
        if let Some(beyond) = self.admissions.len().checked_sub(quota)
            && let Some(oldest) = self.admissions.get(beyond)
        {
            if counts(oldest) {
                return Admission::Refused {
                    retry_after: ceases_after(*oldest, now, limit),
                };
            }
            // It counts no more, nor does what is older.
            self.admissions.drain(..=beyond);
        }
        self.admissions.push_back(now);

        let expired = self.admissions.partition_point(|a| !counts(a));
        let counted = self.admissions.len() - expired;
        let oldest = self.admissions.get(expired).copied().unwrap_or(now);
        Admission::Admitted {
            remaining: u32::try_from(quota - counted).unwrap_or(u32::MAX),
            reset_after: ceases_after(oldest, now, limit),
        }
    }
}

/// How long from `now` until `admission` no longer counts.
fn ceases_after(admission: MonotonicTime, now: MonotonicTime, limit: RateLimit) -> Duration {
    limit.window().saturating_sub(now.since(admission)) + CLOCK_RESOLUTION
}
