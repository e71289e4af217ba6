use std::{sync::Arc, time::Duration};

use crate::{
    ports::{AuthEvents, Clock, StorageError},
    usecases::purge,
};

/// Deletes what the auth log keeps no longer.
pub struct PurgeAuthEvents {
    pub auth_events: Arc<dyn AuthEvents>,
    pub clock: Arc<dyn Clock>,
    /// How long an event is kept.
    pub retention: Duration,
}

impl PurgeAuthEvents {
    /// How many were deleted. What becomes too old while it runs is left for
    /// the next run.
    pub async fn run(&self) -> Result<u64, StorageError> {
        let before = self.clock.now() - self.retention;
        purge::in_steps(|limit| self.auth_events.purge(before, limit)).await
    }
}
