use std::sync::Arc;

use crate::{
    domain::{AuditEvent, AuditEventId, AuditFilter, Page, PageRequest},
    ports::{AuditLog, StorageError},
};

pub struct ListAuditEvents {
    pub audit_log: Arc<dyn AuditLog>,
}

impl ListAuditEvents {
    /// The newest first.
    pub async fn run(
        &self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEventId>,
    ) -> Result<Page<(AuditEventId, AuditEvent), AuditEventId>, StorageError> {
        self.audit_log.list(filter, page).await
    }
}
