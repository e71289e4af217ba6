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

/// An error with what caused it, for the log: JSON lines say of an error no more
/// than its own words.
pub fn in_full(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        // Wrappers often repeat what they wrap.
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = cause.source();
    }
    message
}

/// The store as a whole.
#[async_trait]
pub trait Storage: Send + Sync {
    /// MUST succeed only when the store answers a query right now. Where it
    /// showed before that it refuses writes, or cannot read what it
    /// holds, SHOULD succeed only when that is over, and MUST change nothing that
    /// anyone can read to find out.
    async fn ping(&self) -> Result<(), StorageError>;
}
