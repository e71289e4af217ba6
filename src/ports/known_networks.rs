use async_trait::async_trait;

use super::StorageError;
use crate::domain::{ClientNetwork, Timestamp, UserId};

/// From which networks accounts logged in.
/// [`AuthLog::record_success`](super::AuthLog::record_success) notes them.
#[async_trait]
pub trait KnownNetworks: Send + Sync {
    /// Whether the account logged in from the network since then. For no
    /// account it MUST do the same work.
    async fn is_known(
        &self,
        user: Option<UserId>,
        network: ClientNetwork,
        since: Timestamp,
    ) -> Result<bool, StorageError>;

    /// Forgets at most `limit` networks from which the last login was before
    /// that time, and answers how many.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError>;
}
