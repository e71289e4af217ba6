use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use signet::{
    domain::{MonotonicTime, Timestamp},
    ports::Clock,
};

/// A clock that stands still until a test moves it.
pub struct ManualClock(Mutex<Times>);

#[derive(Clone, Copy)]
struct Times {
    wall: Timestamp,
    elapsed: Duration,
}

impl ManualClock {
    /// At 2026-01-01T00:00:00Z.
    pub fn new() -> Self {
        Self(Mutex::new(Times {
            wall: "2026-01-01T00:00:00Z".parse().unwrap(),
            elapsed: Duration::from_secs(1000),
        }))
    }

    /// Lets time pass, on both clocks.
    pub fn advance(&self, duration: Duration) {
        let mut times = self.0.lock().unwrap();
        times.wall += duration;
        times.elapsed += duration;
    }

    /// Sets the wall clock alone, as an operator would.
    pub fn set_wall(&self, wall: Timestamp) {
        self.0.lock().unwrap().wall = wall;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().wall
    }

    fn monotonic(&self) -> MonotonicTime {
        MonotonicTime::from_start(self.0.lock().unwrap().elapsed)
    }
}

/// A clock that always shows one time.
pub struct StoppedClock(pub Timestamp);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn monotonic(&self) -> MonotonicTime {
        MonotonicTime::default()
    }
}

/// A clock that is ahead of another one, or behind it.
pub struct SkewedClock {
    pub base: Arc<ManualClock>,
    ahead: Mutex<TimeDelta>,
}

impl SkewedClock {
    pub fn new(base: Arc<ManualClock>, ahead: TimeDelta) -> Self {
        let ahead = Mutex::new(ahead);
        Self { base, ahead }
    }

    pub fn ahead(&self) -> TimeDelta {
        *self.ahead.lock().unwrap()
    }

    pub fn set_ahead(&self, ahead: TimeDelta) {
        *self.ahead.lock().unwrap() = ahead;
    }
}

impl Clock for SkewedClock {
    fn now(&self) -> Timestamp {
        self.base.now() + self.ahead()
    }

    fn monotonic(&self) -> MonotonicTime {
        self.base.monotonic()
    }
}
