use async_trait::async_trait;

use super::StorageError;
use crate::domain::{Act, Invite, InviteId, Page, PageRequest, SecretDigest};

/// The invites. [`UserRepo::register`](super::UserRepo::register) uses them.
///
/// Every change MUST be one atomic step that is durable on return, and MUST add
/// an audit event of it in the same step.
#[async_trait]
pub trait InviteStore: Send + Sync {
    async fn create(&self, invite: &Invite, by: &Act) -> Result<(), StorageError>;

    /// The invite of this code, usable or not.
    async fn find_by_code(&self, code: &SecretDigest) -> Result<Option<Invite>, StorageError>;

    /// All invites, the latest made first.
    async fn list(
        &self,
        page: &PageRequest<InviteId>,
    ) -> Result<Page<Invite, InviteId>, StorageError>;

    /// Deletes the invite; false when there was none, of which it MUST add no
    /// event.
    async fn delete(&self, id: InviteId, by: &Act) -> Result<bool, StorageError>;
}
