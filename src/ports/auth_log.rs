use async_trait::async_trait;

use super::StorageError;
use crate::domain::{AuthFailure, AuthSuccess, RequestOrigin, Timestamp};

/// What became of a login that was about to be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRecord {
    Recorded,
    /// The account was disabled or removed since it was read: nothing changed,
    /// and the login must not be granted.
    AccountNotActive,
    /// The password is not the one that was verified any more: nothing
    /// changed, and the login must not be granted.
    PasswordChanged,
}

/// Every attempt to authenticate, one row each.
#[async_trait]
pub trait AuthLog: Send + Sync {
    /// Adds the row of a refused attempt. It MUST be durable on return.
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError>;

    /// Grants a login: adds its row and its session, sets the account's
    /// `last_login` unless a later one is there, and replaces the password hash
    /// when a rehash is given.
    ///
    /// It notes the network as one from which the account logs in, and forgets
    /// those beyond [`KNOWN_NETWORKS_PER_USER`](crate::domain::KNOWN_NETWORKS_PER_USER).
    ///
    /// It ends the account's sessions beyond [`SESSIONS_PER_USER`](crate::domain::SESSIONS_PER_USER), those that
    /// were not used for longest.
    ///
    /// All of it MUST happen in one atomic step that is durable on return, or
    /// none of it. For an account that is not active it MUST change nothing
    /// and answer `AccountNotActive`; for one whose stored hash is not
    /// `success.verified`, likewise `PasswordChanged`: no login outlives a
    /// change of the password that ended the account's sessions.
    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError>;
}
