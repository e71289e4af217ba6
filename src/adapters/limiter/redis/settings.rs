use std::{str::FromStr, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::RedisUrl;
use crate::{adapters::system::timer_now, domain::MonotonicTime, ports::Clock};

/// What is done with requests and attempts while Redis is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FallbackPolicy {
    /// They are counted in this process, which starts with nothing counted.
    Local,
    Deny,
    Allow,
}

impl FromStr for FallbackPolicy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "local" => Ok(Self::Local),
            "deny" => Ok(Self::Deny),
            "allow" => Ok(Self::Allow),
            _ => Err("expected local, deny or allow"),
        }
    }
}

/// Which server counts, and how.
#[derive(Clone)]
pub struct RedisSettings {
    pub(super) url: RedisUrl,
    pub(super) fallback: FallbackPolicy,
    /// How long a request waits for an answer.
    pub(super) patience: Duration,
    pub(super) prefix: String,
    pub(super) time: Time,
}

/// By what windows are judged, in ticks.
#[derive(Clone)]
pub(super) enum Time {
    /// The Redis server's clock, in microseconds: Lua's numbers hold those since
    /// 1970 exactly.
    Server,
    /// A test's clock, in nanoseconds: exact up to 104 days of it.
    Given(Arc<dyn Clock>),
}

/// When something happened here, to tell later how long ago that was.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    Timer(Instant),
    Given(MonotonicTime),
}

impl RedisSettings {
    /// What all keys begin with, with the version of what is stored under them. A
    /// script that stores otherwise MUST come with the next version: servers of both
    /// run side by side while they are updated, and neither may misread the other's.
    pub const PREFIX: &str = "signet:1:";

    /// The most that a request waits for Redis.
    pub const PATIENCE: Duration = Duration::from_millis(50);

    pub fn new(url: RedisUrl, fallback: FallbackPolicy) -> Self {
        Self {
            url,
            fallback,
            patience: Self::PATIENCE,
            prefix: Self::PREFIX.to_owned(),
            time: Time::Server,
        }
    }

    /// Keys of another's, for tests that share a server.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Another clock than the server's, which tests move.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.time = Time::Given(clock);
        self
    }

    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Time {
    pub(super) fn moment(&self) -> Moment {
        match self {
            Self::Server => Moment::Timer(timer_now()),
            Self::Given(clock) => Moment::Given(clock.monotonic()),
        }
    }

    pub(super) fn since(&self, moment: Moment) -> Duration {
        match (self.moment(), moment) {
            (Moment::Timer(now), Moment::Timer(then)) => now - then,
            (Moment::Given(now), Moment::Given(then)) => now.since(then),
            // Of another server's settings.
            _ => Duration::ZERO,
        }
    }

    pub(super) fn tick(&self) -> Duration {
        match self {
            Self::Server => Duration::from_micros(1),
            Self::Given(_) => Duration::from_nanos(1),
        }
    }

    pub(super) fn ticks(&self, duration: Duration) -> u64 {
        let ticks = duration.as_nanos() / self.tick().as_nanos();
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }

    pub(super) fn duration(&self, ticks: u64) -> Duration {
        let nanos = u128::from(ticks) * self.tick().as_nanos();
        u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos)
    }

    /// What the scripts take for the present; `None`: the server's clock.
    pub(super) fn now(&self) -> Option<u64> {
        match self {
            Self::Server => None,
            Self::Given(clock) => {
                let since_start = clock
                    .monotonic()
                    .since(crate::domain::MonotonicTime::default());
                Some(self.ticks(since_start))
            }
        }
    }

    /// How many milliseconds of real time a key is kept for.
    pub(super) fn time_to_live(&self, counts_for: Duration) -> u64 {
        // A tick after its end a request no longer counts.
        let kept = counts_for + Duration::from_millis(1);
        let kept = match self {
            Self::Server => kept,
            // However slowly a test runs.
            Self::Given(_) => kept.max(Duration::from_hours(1)),
        };
        u64::try_from(kept.as_millis()).unwrap_or(u64::MAX)
    }
}
