use async_trait::async_trait;

use super::{MemoryStore, store::page_of};
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
        let numbered: Vec<_> = (1..)
            .zip(tables.audit_log.iter().cloned())
            .filter(|(_, event)| filter.matches(event))
            .collect();
        let position = |(id, event): &(AuditEventId, AuditEvent)| Position {
            at: event.act.at,
            id: *id,
        };
        Ok(page_of(&numbered, page, position))
    }
}
