use std::error::Error;

use super::transaction::Transaction;
use crate::ports::StorageError;
use async_trait::async_trait;

/// One step of a storage port on a transaction of its own, as it seems to it.
#[async_trait]
pub(super) trait WriteStep: Clone + Send + 'static {
    type Output: Send + 'static;
    type Error: Error + From<StorageError> + Send + 'static;

    /// On an error, all that it wrote is undone. It may then be applied again.
    async fn apply(self, transaction: &Transaction) -> Result<Self::Output, Self::Error>;
}
