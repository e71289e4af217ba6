use async_trait::async_trait;

use super::StorageError;
use crate::domain::{AuditEvent, AuditEventId, AuditFilter, Page, PageRequest, Timestamp};

/// What people changed. The ports that change things add the events.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// The events that match, the newest first.
    async fn list(
        &self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEventId>,
    ) -> Result<Page<(AuditEventId, AuditEvent), AuditEventId>, StorageError>;

    /// Deletes at most `limit` events from before that time, the oldest first,
    /// and answers how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError>;
}
