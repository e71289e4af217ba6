use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{AuditEvent, AuditEventId, AuditFilter, Page, PageRequest, Position},
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
        let numbered = (1..)
            .zip(tables.audit_log.iter().cloned())
            .filter(|(_, event)| filter.matches(event));
        let position = |(id, event): &(AuditEventId, AuditEvent)| Position {
            at: event.act.at,
            id: *id,
        };
        Ok(page.of(numbered, position))
    }
}
