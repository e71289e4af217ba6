use std::time::Duration;

use signet::{adapters::system::SystemClock, domain::MonotonicTime, ports::Clock};

pub(crate) struct Stopwatch(SystemClock, MonotonicTime);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        let clock = SystemClock::new();
        let started = clock.monotonic();
        Self(clock, started)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.monotonic().since(self.1)
    }
}
