use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{Client, ClientId, Timestamp, TokenId},
    ports::{ClientStore, CreateClientError, StorageError},
};

#[async_trait]
impl ClientStore for MemoryStore {
    async fn create(&self, client: &Client) -> Result<(), CreateClientError> {
        let clients = &mut self.tables().clients;
        let folded = client.name.folded();
        if clients.iter().any(|other| other.name.folded() == folded) {
            return Err(CreateClientError::NameTaken);
        }
        clients.push(client.clone());
        clients.sort_by_key(|client| client.name.folded());
        Ok(())
    }

    async fn find(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        let tables = self.tables();
        Ok(tables.clients.iter().find(|c| c.id == *id).cloned())
    }

    async fn list(&self) -> Result<Vec<Client>, StorageError> {
        Ok(self.tables().clients.clone())
    }

    async fn delete(&self, id: &ClientId) -> Result<bool, StorageError> {
        let clients = &mut self.tables().clients;
        let before = clients.len();
        clients.retain(|client| client.id != *id);
        Ok(clients.len() < before)
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
