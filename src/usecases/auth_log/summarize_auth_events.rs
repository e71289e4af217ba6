use std::{sync::Arc, time::Duration};

use thiserror::Error;

use crate::{
    domain::{AuthSummary, Bucket, SummaryInterval, SummaryIntervalError, Timestamp},
    ports::{AuthEvents, Clock, StorageError},
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
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const DAY: Duration = Duration::from_hours(24);

impl SummarizeAuthEvents {
    pub async fn run(
        &self,
        request: SummaryRequest,
    ) -> Result<(SummaryInterval, AuthSummary), SummarizeError> {
        let to = request.to.unwrap_or_else(|| self.clock.now());
        let from = request.from.unwrap_or_else(|| to - DAY);
        let bucket = request.bucket.unwrap_or(Bucket::Hour);
        let interval = SummaryInterval::new(from, to, bucket)?;
        let summary = self.auth_events.summarize(&interval).await?;
        Ok((interval, summary))
    }
}
