use async_trait::async_trait;

use super::StorageError;
use crate::domain::{KeyChange, KeySet};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChanged {
    Done,
    /// The set is not in the state that the change was planned for: nothing
    /// changed. Read it again.
    Outdated,
}

/// The signing keys and the refresh keys. Implementations see them sealed only, so that none can
/// store or log a private key.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// All keys, as they were at one moment.
    async fn load(&self) -> Result<KeySet, StorageError>;

    /// Replaces the set by [`KeySet::after`] the change, in one atomic step
    /// that is durable on return; answers `Outdated` where that is `None`.
    ///
    /// Concurrent changes MUST have the outcome of some order of them, one
    /// after the other. The private part of a key that expires MUST NOT remain
    /// in the store.
    async fn change(&self, change: &KeyChange) -> Result<KeyChanged, StorageError>;
}
