use async_trait::async_trait;
use thiserror::Error;

use super::StorageError;
use crate::domain::{
    Act, ImportOutcome, ImportedUser, NewUser, Page, PageRequest, PasswordChange, PasswordHash,
    RoleError, SecretDigest, User, UserFilter, UserId, UserUpdate, Username,
};

#[derive(Debug, Error)]
pub enum RegisterError {
    #[error("the username is taken")]
    UsernameTaken,
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(Debug, Error)]
pub enum RegisterInvitedError {
    /// There is no such invite, or it was used, or it has expired.
    #[error("the invite cannot be used")]
    InviteUnusable,
    #[error(transparent)]
    Register(RegisterError),
}

impl<E: Into<RegisterError>> From<E> for RegisterInvitedError {
    fn from(error: E) -> Self {
        Self::Register(error.into())
    }
}

#[derive(Debug, Error)]
pub enum UpdateUserError {
    #[error("there is no such account")]
    NotFound,
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Roles(#[from] RoleError),
    /// No account could administer the server any more.
    #[error("it is the last admin")]
    LastAdmin,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(Debug, Error)]
pub enum DeleteUserError {
    #[error("there is no such account")]
    NotFound,
    /// The password is not the one that was verified any more.
    #[error("the password was changed meanwhile")]
    PasswordChanged,
    /// No account could administer the server any more.
    #[error("it is the last admin")]
    LastAdmin,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(Debug, Error)]
pub enum SetPasswordError {
    #[error("there is no such account")]
    NotFound,
    /// The password is not the one that was verified any more.
    #[error("the password was changed meanwhile")]
    Changed,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// How many accounts one step imports at most: it holds up other writes.
pub const MOST_IMPORTED_AT_ONCE: usize = 1000;

/// The accounts.
///
/// Every change MUST be one atomic step that is durable on return, and MUST add
/// an audit event of it in the same step. A refused one MUST change nothing and
/// add none.
#[async_trait]
pub trait UserRepo: Send + Sync {
    /// Adds an active account that has never logged in.
    ///
    /// MUST refuse with `UsernameTaken` when another account has a username of
    /// the same folded form, and otherwise with `EmailTaken` when another has an
    /// e-mail address of the same folded form. Of any number of concurrent
    /// registrations of one name exactly one MUST succeed.
    async fn register(&self, user: &NewUser, by: &Act) -> Result<(), RegisterError>;

    /// The same with the invite of this code.
    ///
    /// MUST refuse with `InviteUnusable` when the invite is not usable at
    /// `by.at`, before all else, and otherwise use it up and name it in the
    /// event; of any number of concurrent registrations with one invite at most
    /// one MUST succeed.
    async fn register_invited(
        &self,
        user: &NewUser,
        code: &SecretDigest,
        by: &Act,
    ) -> Result<(), RegisterInvitedError>;

    /// Adds accounts that existed elsewhere, as they are given, at most
    /// [`MOST_IMPORTED_AT_ONCE`] in one step, and answers for each in turn what
    /// became of it.
    ///
    /// MUST judge each as if those before it in the list were added already.
    /// For one that keeps its id, MUST answer `AlreadyThere` when the account of
    /// this id has a username of the same folded form, and `IdTaken` when it has
    /// another. For one that does not, MUST answer `AlreadyThere` when one
    /// account has a username and an e-mail address of the same folded forms and
    /// the same password hash. Otherwise MUST answer `UsernameTaken` and
    /// `EmailTaken` as `register` refuses. MUST change nothing for any of these.
    async fn import(
        &self,
        users: &[ImportedUser],
        by: &Act,
    ) -> Result<Vec<ImportOutcome>, StorageError>;

    /// What `import` would answer now. MUST change nothing.
    async fn try_import(&self, users: &[ImportedUser]) -> Result<Vec<ImportOutcome>, StorageError>;

    /// The account whose username has the same folded form.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError>;

    async fn find(&self, id: UserId) -> Result<Option<User>, StorageError>;

    /// The accounts that match, the latest registered first.
    async fn list(
        &self,
        filter: &UserFilter,
        page: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StorageError>;

    /// Changes an account and answers what became of it.
    ///
    /// MUST end all sessions of an account that is disabled by it. MUST refuse
    /// with `LastAdmin` when it would leave no active account with the role
    /// `admin` and there was one, also when several such changes meet.
    async fn update(
        &self,
        id: UserId,
        update: &UserUpdate,
        by: &Act,
    ) -> Result<User, UpdateUserError>;

    /// Replaces the password and ends all sessions but the spared one. MUST
    /// refuse with `Changed` when the stored hash is not `change.from`, if that
    /// is given.
    async fn set_password(
        &self,
        id: UserId,
        change: &PasswordChange,
        by: &Act,
    ) -> Result<(), SetPasswordError>;

    /// Deletes an account and its sessions; its events stay. MUST refuse with
    /// `PasswordChanged` when the stored hash is not `verified`, if that is
    /// given, and with `LastAdmin` as `update` does.
    async fn delete(
        &self,
        id: UserId,
        verified: Option<&PasswordHash>,
        by: &Act,
    ) -> Result<(), DeleteUserError>;
}
