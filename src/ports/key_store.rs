use async_trait::async_trait;

use super::{Clock, StorageError};
use crate::domain::{KeyAct, KeyChange, KeySet};

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
    /// after the other. The private part of a key that expires MUST be deleted
    /// from the store. What an engine keeps of deleted rows until it tidies its own
    /// files holds it sealed.
    ///
    /// A change that someone makes (`by`) MUST add its [`KeyAct::event`] to the
    /// audit log in the same step, and none where it is not done. Servers' own
    /// upkeep is no one's act and MUST add none.
    ///
    /// Every verifier knows a key in time only when it is stored soon after the
    /// date that it bears. A change that [`KeyChange::is_late`] at the moment of
    /// its commit, by the `clock` that dated it, MUST be refused as
    /// `Unavailable`, however long it waited for its turn before and why. A
    /// commit that has begun cannot be refused any more: one that ends later
    /// than [`KeyTimings::COMMIT_DELAY`] after the date MUST be told in the log.
    ///
    /// [`KeyTimings::COMMIT_DELAY`]: crate::domain::KeyTimings::COMMIT_DELAY
    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError>;
}
