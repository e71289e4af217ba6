use async_trait::async_trait;

use super::StorageError;
use crate::domain::SealedKey;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstKey {
    Added,
    /// The store already holds keys: nothing changed.
    NotFirst,
}

/// The signing keys. Implementations see them sealed only, so that none can
/// store or log a private key.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Every key, oldest first.
    async fn load(&self) -> Result<Vec<SealedKey>, StorageError>;

    /// Adds `key` if the store holds none. Of any number of concurrent callers
    /// on an empty store exactly one MUST be told `Added`. It MUST be durable
    /// on return.
    async fn add_first(&self, key: &SealedKey) -> Result<FirstKey, StorageError>;
}
