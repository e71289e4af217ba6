use std::time::Duration;

use thiserror::Error;

use super::{ClientAddress, Outcome, Timestamp, UserId};

/// What a summary counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    Minute,
    Hour,
    /// Of UTC.
    Day,
}

impl Bucket {
    pub fn width(self) -> Duration {
        match self {
            Self::Minute => Duration::from_mins(1),
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
        }
    }

    /// The beginning of the bucket that the moment belongs to.
    pub fn start(self, at: Timestamp) -> Timestamp {
        let width = i64::try_from(self.width().as_secs()).unwrap_or(i64::MAX);
        let seconds = at.timestamp().div_euclid(width) * width;
        Timestamp::from_timestamp(seconds, 0).unwrap_or(at)
    }
}

/// The time that a summary is of, and how it is divided: at least one bucket
/// and at most [`SummaryInterval::MOST_BUCKETS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryInterval {
    from: Timestamp,
    to: Timestamp,
    bucket: Bucket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SummaryIntervalError {
    #[error("must be before `to`")]
    Empty,
    #[error(
        "divides this interval into {0} buckets: at most {most} are possible",
        most = SummaryInterval::MOST_BUCKETS
    )]
    TooManyBuckets(u64),
}

impl SummaryInterval {
    pub const MOST_BUCKETS: u64 = 1000;

    pub fn new(
        from: Timestamp,
        to: Timestamp,
        bucket: Bucket,
    ) -> Result<Self, SummaryIntervalError> {
        let span = (to - bucket.start(from)).to_std().unwrap_or_default();
        if to <= from {
            return Err(SummaryIntervalError::Empty);
        }
        let whole = span.as_nanos().div_ceil(bucket.width().as_nanos());
        let buckets = u64::try_from(whole).unwrap_or(u64::MAX);
        if buckets > Self::MOST_BUCKETS {
            return Err(SummaryIntervalError::TooManyBuckets(buckets));
        }
        Ok(Self { from, to, bucket })
    }

    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// That moment itself is not included.
    pub fn to(&self) -> Timestamp {
        self.to
    }

    pub fn bucket(&self) -> Bucket {
        self.bucket
    }

    pub fn contains(&self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at)
    }

    /// Where the buckets begin: the first one not after `from`.
    pub fn starts(&self) -> impl Iterator<Item = Timestamp> {
        let first = self.bucket.start(self.from);
        let starts = std::iter::successors(Some(first), |start| {
            start.checked_add_signed(chrono::TimeDelta::from_std(self.bucket.width()).ok()?)
        });
        starts.take_while(|start| *start < self.to)
    }
}

/// How many events there are of each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts([u64; Outcome::ALL.len()]);

impl OutcomeCounts {
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    pub fn add(&mut self, outcome: Outcome, events: u64) {
        self.0[outcome as usize] += events;
    }
}

/// How many addresses and accounts a summary names at most.
pub const SUMMARY_TOP: usize = 10;

/// What happened in an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSummary {
    /// Every bucket of the interval by its beginning, the oldest first.
    pub counts: Vec<(Timestamp, OutcomeCounts)>,
    /// The addresses with the most failures, the worst first, and of one
    /// number the lowest address first.
    pub failing_addresses: Vec<(ClientAddress, u64)>,
    /// The accounts, likewise, and of one number the lowest id first.
    pub failing_users: Vec<(UserId, u64)>,
}

impl AuthSummary {
    /// Of counts that may lack buckets.
    pub fn new(
        interval: &SummaryInterval,
        counted: impl IntoIterator<Item = (Timestamp, Outcome, u64)>,
        failing_addresses: Vec<(ClientAddress, u64)>,
        failing_users: Vec<(UserId, u64)>,
    ) -> Self {
        let mut counts: Vec<_> = interval
            .starts()
            .map(|start| (start, OutcomeCounts::default()))
            .collect();
        for (start, outcome, events) in counted {
            if let Ok(found) = counts.binary_search_by_key(&start, |(start, _)| *start) {
                counts[found].1.add(outcome, events);
            }
        }
        Self {
            counts,
            failing_addresses,
            failing_users,
        }
    }
}
