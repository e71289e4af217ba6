#![allow(
    clippy::disallowed_methods,
    reason = "this is the clock that everything else is given"
)]

use std::time::Instant;

use chrono::{SubsecRound, Utc};

use crate::{
    domain::{MonotonicTime, Timestamp},
    ports::Clock,
};

#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Utc::now().trunc_subsecs(6)
    }

    fn monotonic(&self) -> MonotonicTime {
        MonotonicTime::from_start(self.start.elapsed())
    }
}
