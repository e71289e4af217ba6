use std::error::Error;

use async_trait::async_trait;
use thiserror::Error;

/// Why a storage port could not do its step.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The store did not answer, or refused for a reason of its own. The step
    /// was done as a whole or not at all; which of them is unknown where the
    /// answer to its commit was lost.
    #[error("the storage is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A row cannot be read back as what was once written. Nothing changed.
    #[error("corrupt data: {table}.{column} of {id:?}: {reason}")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        id: String,
        reason: String,
    },
}

impl StorageError {
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// The store as a whole.
#[async_trait]
pub trait Storage: Send + Sync {
    /// MUST succeed only when the store answers a query right now.
    async fn ping(&self) -> Result<(), StorageError>;
}
