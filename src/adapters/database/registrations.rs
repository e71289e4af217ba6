//! The steps that open accounts, each with the audit event of it.

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, TryInsertResult, sea_query::OnConflict,
};

use super::{
    audit_log, entities::users, error::unavailable, invite_store, transaction::Transaction,
    user_repo::find_by_username, user_row, write_step::WriteStep,
};
use crate::{
    domain::{Act, Email, InviteId, NewUser, SecretDigest, User},
    ports::{RegisterError, RegisterInvitedError, StorageError},
};

#[derive(Clone)]
pub(super) struct Register(pub(super) NewUser, pub(super) Act);

#[async_trait]
impl WriteStep for Register {
    type Output = ();
    type Error = RegisterError;

    async fn apply(self, transaction: &Transaction) -> Result<(), RegisterError> {
        let Self(new, by) = self;
        open(transaction, new, None, &by).await
    }
}

#[derive(Clone)]
pub(super) struct RegisterInvited {
    pub(super) new: NewUser,
    pub(super) code: SecretDigest,
    pub(super) by: Act,
}

#[async_trait]
impl WriteStep for RegisterInvited {
    type Output = ();
    type Error = RegisterInvitedError;

    async fn apply(self, transaction: &Transaction) -> Result<(), RegisterInvitedError> {
        let Self { new, code, by } = self;
        let consumed = invite_store::consume(transaction, &code, new.id, &by).await?;
        let invite = consumed.ok_or(RegisterInvitedError::InviteUnusable)?;
        Ok(open(transaction, new, Some(invite), &by).await?)
    }
}

async fn open(
    transaction: &Transaction,
    new: NewUser,
    invite: Option<InviteId>,
    by: &Act,
) -> Result<(), RegisterError> {
    let user = User::from(new);
    while !insert(transaction, &user).await? {
        if find_by_username(transaction, &user.username)
            .await?
            .is_some()
        {
            return Err(RegisterError::UsernameTaken);
        }
        if email_is_taken(transaction, &user.email).await? {
            return Err(RegisterError::EmailTaken);
        }
        // Whoever had one of them is gone since.
    }
    user_row::insert_roles(transaction, &user).await?;
    Ok(audit_log::insert(transaction, &by.opened(&user, invite)).await?)
}

/// Whether nobody has its names.
async fn insert(connection: &impl ConnectionTrait, user: &User) -> Result<bool, StorageError> {
    let inserted = users::Entity::insert(user_row::of(user))
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(connection)
        .await
        .map_err(unavailable)?;
    Ok(!matches!(
        inserted,
        TryInsertResult::Conflicted | TryInsertResult::Inserted(0)
    ))
}

async fn email_is_taken(
    connection: &impl ConnectionTrait,
    email: &Email,
) -> Result<bool, StorageError> {
    let holder = users::Entity::find()
        .filter(users::Column::EmailFolded.eq(email.folded()))
        .one(connection)
        .await
        .map_err(unavailable)?;
    Ok(holder.is_some())
}
