use std::sync::Arc;

use async_trait::async_trait;

use super::{Clock, StorageError};
use crate::domain::{
    Act, PresentedToken, RefreshKeyId, RequestOrigin, Session, SessionId, SessionTerms, Timestamp,
    User, UserId,
};

/// An authentic refresh token is presented.
#[derive(Clone)]
pub struct RefreshAttempt {
    pub session: SessionId,
    pub token: PresentedToken,
    /// Tells when the step is carried out, however long it waited for its turn.
    pub clock: Arc<dyn Clock>,
    pub origin: RequestOrigin,
    /// Authenticates the next token, if there is one.
    pub refresh_key: RefreshKeyId,
    pub terms: SessionTerms,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The session, whose current token is the answer, and its account.
    Current(Box<Session>, Box<User>),
    /// There is no such session any more.
    NoSession,
    /// The token was consumed before: the session was ended.
    Reused,
}

/// The sessions. [`AuthLog::record_success`](super::AuthLog::record_success)
/// begins them; those that ended are not kept.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Judges the token by [`Session::refresh`], at the time when nothing else
    /// can come between any more, and carries the result out.
    ///
    /// MUST be one atomic step that is durable on return; concurrent attempts
    /// MUST have the outcome of some order of them, one after the other. On a
    /// reuse it MUST delete the session and add a row to the auth log that
    /// names account and session. It MUST delete, and answer `NoSession` for, a
    /// session that is over or whose account is not active.
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<Refreshed, StorageError>;

    /// The session, if it is live at `at` and its account is active.
    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError>;

    /// The user's sessions that are live at `at`, the latest begun first, and of
    /// one moment the greatest id first.
    async fn list_live(&self, user: UserId, at: Timestamp) -> Result<Vec<Session>, StorageError>;

    /// Ends the session; false when there was none. It MUST be durable on return.
    async fn end(&self, session: SessionId) -> Result<bool, StorageError>;

    /// Ends all of the user's sessions and answers how many. It MUST be durable
    /// on return. Where someone else does it, `by` says who, and it MUST add an
    /// audit event in the same atomic step, if the account exists.
    async fn end_all(&self, user: UserId, by: Option<&Act>) -> Result<u64, StorageError>;

    /// Deletes at most `limit` sessions that were over at `at`, and answers how
    /// many.
    async fn purge(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError>;
}
