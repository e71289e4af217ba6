use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{Act, AuditAction, AuditTarget, Invite, InviteId, Page, PageRequest, SecretDigest},
    ports::{InviteStore, StorageError},
};

#[async_trait]
impl InviteStore for MemoryStore {
    async fn create(&self, invite: &Invite, by: &Act) -> Result<(), StorageError> {
        let mut tables = self.tables();
        tables.invites.push(invite.clone());
        let target = AuditTarget::Invite(invite.id);
        let event = by.created(AuditAction::CreateInvite, target, invite.snapshot());
        tables.audit_log.add(event);
        Ok(())
    }

    async fn find_by_code(&self, code: &SecretDigest) -> Result<Option<Invite>, StorageError> {
        let tables = self.tables();
        Ok((tables.invites.iter())
            .find(|invite| invite.code == *code)
            .cloned())
    }

    async fn list(
        &self,
        page: &PageRequest<InviteId>,
    ) -> Result<Page<Invite, InviteId>, StorageError> {
        Ok(page.of(self.tables().invites.iter().cloned(), Invite::position))
    }

    async fn delete(&self, id: InviteId, by: &Act) -> Result<bool, StorageError> {
        let mut tables = self.tables();
        let Some(index) = tables.invites.iter().position(|invite| invite.id == id) else {
            return Ok(false);
        };
        let was = tables.invites.remove(index).snapshot();
        let event = by.deleted(AuditAction::DeleteInvite, AuditTarget::Invite(id), was);
        tables.audit_log.add(event);
        Ok(true)
    }
}
