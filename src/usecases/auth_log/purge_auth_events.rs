use std::{sync::Arc, time::Duration};

use crate::ports::{AuthEvents, Clock, StorageError};

/// Deletes what the auth log keeps no longer.
pub struct PurgeAuthEvents {
    pub auth_events: Arc<dyn AuthEvents>,
    pub clock: Arc<dyn Clock>,
    /// How long an event is kept.
    pub retention: Duration,
}

/// How many events one step may delete: other writes have their turn between
/// the steps.
const BATCH: u32 = 1000;

impl PurgeAuthEvents {
    /// How many were deleted. What becomes too old while it runs is left for
    /// the next run.
    pub async fn run(&self) -> Result<u64, StorageError> {
        let before = self.clock.now() - self.retention;
        let mut purged = 0;
        loop {
            let batch = self.auth_events.purge(before, BATCH).await?;
            purged += batch;
            if batch < u64::from(BATCH) {
                return Ok(purged);
            }
        }
    }
}
