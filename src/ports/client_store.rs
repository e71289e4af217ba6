use async_trait::async_trait;
use thiserror::Error;

use super::StorageError;
use crate::domain::{Act, Client, ClientId, Page, PageRequest, Timestamp, TokenId};

#[derive(Debug, Error)]
pub enum CreateClientError {
    #[error("there is a client of this name")]
    NameTaken,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The service clients, and those of their tokens that were revoked.
///
/// To make or delete a client MUST add an audit event of it in the same atomic
/// step.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// Adds a client. MUST refuse with `NameTaken` when another has a name of
    /// the same folded form; of any number of concurrent creations of one name
    /// exactly one MUST succeed. A success MUST be durable on return.
    async fn create(&self, client: &Client, by: &Act) -> Result<(), CreateClientError>;

    async fn find(&self, id: &ClientId) -> Result<Option<Client>, StorageError>;

    /// All clients, the latest made first.
    async fn list(
        &self,
        page: &PageRequest<ClientId>,
    ) -> Result<Page<Client, ClientId>, StorageError>;

    /// Deletes the client; false when there was none. It MUST be durable on return.
    async fn delete(&self, id: &ClientId, by: &Act) -> Result<bool, StorageError>;

    /// Revokes a token, which would expire at `expires_at`. It MUST be durable
    /// on return, and succeed for a token that was revoked before.
    async fn revoke_token(&self, token: TokenId, expires_at: Timestamp)
    -> Result<(), StorageError>;

    async fn is_revoked(&self, token: TokenId) -> Result<bool, StorageError>;

    /// Forgets at most `limit` revoked tokens that had expired at `at`, and
    /// answers how many.
    async fn purge_revoked(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError>;
}
