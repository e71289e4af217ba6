use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{
        Act, AuditAction, AuditTarget, Client, ClientId, Page, PageRequest, Timestamp, TokenId,
    },
    ports::{ClientStore, CreateClientError, StorageError},
};

#[async_trait]
impl ClientStore for MemoryStore {
    async fn create(&self, client: &Client, by: &Act) -> Result<(), CreateClientError> {
        let mut tables = self.tables();
        let folded = client.name.folded();
        if (tables.clients.iter()).any(|other| other.name.folded() == folded) {
            return Err(CreateClientError::NameTaken);
        }
        tables.clients.push(client.clone());
        let target = AuditTarget::Client(client.id.clone());
        let event = by.created(AuditAction::CreateClient, target, client.snapshot());
        tables.audit_log.add(event);
        Ok(())
    }

    async fn find(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        let tables = self.tables();
        Ok(tables.clients.iter().find(|c| c.id == *id).cloned())
    }

    async fn list(
        &self,
        page: &PageRequest<ClientId>,
    ) -> Result<Page<Client, ClientId>, StorageError> {
        Ok(page.of(self.tables().clients.iter().cloned(), Client::position))
    }

    async fn delete(&self, id: &ClientId, by: &Act) -> Result<bool, StorageError> {
        let mut tables = self.tables();
        let Some(index) = tables.clients.iter().position(|client| client.id == *id) else {
            return Ok(false);
        };
        let was = tables.clients.remove(index).snapshot();
        let event = by.deleted(
            AuditAction::DeleteClient,
            AuditTarget::Client(id.clone()),
            was,
        );
        tables.audit_log.add(event);
        Ok(true)
    }

    async fn revoke_token(
        &self,
        token: TokenId,
        expires_at: Timestamp,
    ) -> Result<(), StorageError> {
        self.tables().revoked_tokens.insert(token, expires_at);
        Ok(())
    }

    async fn is_revoked(&self, token: TokenId) -> Result<bool, StorageError> {
        Ok(self.tables().revoked_tokens.contains_key(&token))
    }

    async fn purge_revoked(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let mut purged = 0;
        self.tables().revoked_tokens.retain(|_, expires_at| {
            let over = *expires_at <= at && purged < u64::from(limit);
            purged += u64::from(over);
            !over
        });
        Ok(purged)
    }
}
