use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{AuditEvent, AuditEventId, AuditFilter, Page, PageRequest, Position, Timestamp},
    ports::{AuditLog, StorageError},
};

#[async_trait]
impl AuditLog for MemoryStore {
    async fn list(
        &self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEventId>,
    ) -> Result<Page<(AuditEventId, AuditEvent), AuditEventId>, StorageError> {
        let tables = self.tables();
        let matching = (tables.audit_log.rows()).filter(|(_, event)| filter.matches(event));
        let position = |(id, event): &(AuditEventId, AuditEvent)| Position {
            at: event.act.at,
            id: *id,
        };
        Ok(page.of(matching.cloned(), position))
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        Ok((self.tables().audit_log).purge(before, limit, |event| event.act.at))
    }
}
