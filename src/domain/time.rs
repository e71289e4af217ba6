use std::time::Duration;

/// Wall-clock time in UTC, with microsecond precision: what every supported
/// database keeps without loss.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// Time since an arbitrary start that never runs backwards and that setting
/// the wall clock does not move. It orders events of one process only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonotonicTime(Duration);

impl MonotonicTime {
    pub fn from_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}
