use std::{sync::Arc, time::Duration};

use crate::{
    ports::{AuditLog, Clock, StorageError},
    usecases::purge,
};

/// Deletes what the audit log keeps no longer.
pub struct PurgeAuditEvents {
    pub audit_log: Arc<dyn AuditLog>,
    pub clock: Arc<dyn Clock>,
    /// How long an event is kept.
    pub retention: Duration,
}

impl PurgeAuditEvents {
    /// How many were deleted. What becomes too old while it runs is left for
    /// the next run.
    pub async fn run(&self) -> Result<u64, StorageError> {
        let before = self.clock.now() - self.retention;
        purge::in_steps(|limit| self.audit_log.purge(before, limit)).await
    }
}
