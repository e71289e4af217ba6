use async_trait::async_trait;
use thiserror::Error;

use super::StorageError;
use crate::domain::{
    AuthEvent, AuthEventFilter, AuthEventId, AuthSummary, Page, PageRequest, SummaryInterval,
    Timestamp,
};

#[derive(Debug, Error)]
pub enum SummarizeEventsError {
    /// All events after this time up to the interval's end are few enough.
    #[error("the interval has too many events")]
    TooMany { after: Timestamp },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The auth log for those who read it. [`AuthLog`](super::AuthLog) and
/// [`SessionStore`](super::SessionStore) write it.
#[async_trait]
pub trait AuthEvents: Send + Sync {
    /// The events that match, the newest first.
    ///
    /// It MUST look at a bounded number of events, however rare those that
    /// match are: a page MAY hold fewer than it has room for, or none. Whether
    /// more follow, `next` alone says. Whoever follows it MUST meet each event
    /// once that matches and was there all the time.
    async fn list(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError>;

    /// Counts the events of the interval, all of them as they stood at one
    /// moment. It MUST NOT look at others. A failure is whatever is no success.
    ///
    /// MUST refuse with `TooMany` when there are more than `most`, and look at
    /// one more of them at most, the newest: `after` is when that was.
    async fn summarize(
        &self,
        interval: &SummaryInterval,
        most: u64,
    ) -> Result<AuthSummary, SummarizeEventsError>;

    /// Deletes at most `limit` events from before that time, the oldest first,
    /// and answers how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError>;
}
