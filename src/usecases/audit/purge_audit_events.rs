use std::{sync::Arc, time::Duration};

use crate::ports::{AuditLog, Clock, StorageError};

/// Deletes what the audit log keeps no longer.
pub struct PurgeAuditEvents {
    pub audit_log: Arc<dyn AuditLog>,
    pub clock: Arc<dyn Clock>,
    /// How long an event is kept.
    pub retention: Duration,
}

/// How many events one step may delete: other writes have their turn between
/// the steps.
const BATCH: u32 = 1000;

impl PurgeAuditEvents {
    /// How many were deleted. What becomes too old while it runs is left for
    /// the next run.
    pub async fn run(&self) -> Result<u64, StorageError> {
        let before = self.clock.now() - self.retention;
        let mut purged = 0;
        loop {
            let batch = self.audit_log.purge(before, BATCH).await?;
            purged += batch;
            if batch < u64::from(BATCH) {
                return Ok(purged);
            }
        }
    }
}
