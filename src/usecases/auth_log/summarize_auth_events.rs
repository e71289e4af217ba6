use std::{sync::Arc, time::Duration};

use chrono::SecondsFormat;
use thiserror::Error;

use crate::{
    domain::{AuthSummary, Bucket, SummaryInterval, SummaryIntervalError, Timestamp},
    ports::{AuthEvents, Clock, StorageError, SummarizeEventsError},
};

/// Counts what happened in an interval.
pub struct SummarizeAuthEvents {
    pub auth_events: Arc<dyn AuthEvents>,
    pub clock: Arc<dyn Clock>,
}

/// What is absent is the last day, by the hour.
#[derive(Clone, Copy, Debug, Default)]
pub struct SummaryRequest {
    /// By default a day before `to`.
    pub from: Option<Timestamp>,
    /// By default now.
    pub to: Option<Timestamp>,
    pub bucket: Option<Bucket>,
}

#[derive(Debug, Error)]
pub enum SummarizeError {
    #[error(transparent)]
    Interval(#[from] SummaryIntervalError),
    #[error(
        "is too early: at most {most} events can be summed up, and up to `to` that many are left \
         only after {}",
        .after.to_rfc3339_opts(SecondsFormat::Micros, true),
        most = SummarizeAuthEvents::MOST_EVENTS
    )]
    TooManyEvents { after: Timestamp },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const DAY: Duration = Duration::from_hours(24);

impl SummarizeAuthEvents {
    /// Takes SQLite some two seconds, for which others have to wait.
    pub const MOST_EVENTS: u64 = 1_000_000;

    pub async fn run(
        &self,
        request: SummaryRequest,
    ) -> Result<(SummaryInterval, AuthSummary), SummarizeError> {
        let to = request.to.unwrap_or_else(|| self.clock.now());
        let from = request.from.unwrap_or_else(|| to - DAY);
        let bucket = request.bucket.unwrap_or(Bucket::Hour);
        let interval = SummaryInterval::new(from, to, bucket)?;
        let made = (self.auth_events).summarize(&interval, Self::MOST_EVENTS);
        let summary = made.await.map_err(|error| match error {
            SummarizeEventsError::TooMany { after } => SummarizeError::TooManyEvents { after },
            SummarizeEventsError::Storage(error) => error.into(),
        })?;
        Ok((interval, summary))
    }
}
