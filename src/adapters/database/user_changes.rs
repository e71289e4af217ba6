//! The steps that change or delete accounts, each with the audit event of it.

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, SqlErr,
    sea_query::Expr,
};

use super::{
    audit_log,
    entities::{sessions, user_roles, users},
    error::unavailable,
    postgres::{Lock, take},
    transaction::Transaction,
    user_row,
    write_step::WriteStep,
};
use crate::{
    domain::{
        AccountStatus, Act, AuditAction, AuditTarget, PasswordChange, PasswordHash, Role,
        SessionId, User, UserId, UserUpdate,
    },
    ports::{DeleteUserError, SetPasswordError, StorageError, UpdateUserError},
};

#[derive(Clone)]
pub(super) struct Update {
    pub(super) id: UserId,
    pub(super) to: UserUpdate,
    pub(super) by: Act,
}

#[async_trait]
impl WriteStep for Update {
    type Output = User;
    type Error = UpdateUserError;

    async fn apply(self, transaction: &Transaction) -> Result<User, UpdateUserError> {
        let Self { id, to, by } = self;
        let was = user_row::find_to_change(transaction, id).await?;
        let was = was.ok_or(UpdateUserError::NotFound)?;
        let user = to.apply(&was)?;
        if !user.is_admin() && is_last_admin(transaction, &was).await? {
            return Err(UpdateUserError::LastAdmin);
        }
        if user.status == AccountStatus::Disabled {
            end_sessions(transaction, id, None).await?;
        }
        if user == was {
            return Ok(user);
        }
        let updated = users::Entity::update(user_row::of(&user)).exec(transaction);
        if let Err(error) = updated.await {
            unique_violation(error)?;
            return Err(UpdateUserError::EmailTaken);
        }
        user_row::write_roles(transaction, &user).await?;
        let (before, after) = (was.snapshot(), user.snapshot());
        let target = AuditTarget::User(id);
        let event = by.changed(AuditAction::UpdateUser, target, before, after);
        audit_log::insert(transaction, &event).await?;
        Ok(user)
    }
}

#[derive(Clone)]
pub(super) struct SetPassword {
    pub(super) id: UserId,
    pub(super) change: PasswordChange,
    pub(super) by: Act,
}

#[async_trait]
impl WriteStep for SetPassword {
    type Output = ();
    type Error = SetPasswordError;

    async fn apply(self, transaction: &Transaction) -> Result<(), SetPasswordError> {
        let Self { id, change, by } = self;
        let user = user_row::find_to_change(transaction, id).await?;
        let user = user.ok_or(SetPasswordError::NotFound)?;
        if (change.from).is_some_and(|from| from != user.password_hash) {
            return Err(SetPasswordError::Changed);
        }
        let new_hash = Expr::value(change.to.to_string());
        let update = users::Entity::update_many()
            .col_expr(users::Column::PasswordHash, new_hash)
            .filter(users::Column::Id.eq(id.to_string()));
        transaction.later(update).await.map_err(unavailable)?;
        end_sessions(transaction, id, change.spared).await?;
        Ok(audit_log::insert(transaction, &by.password_set(id)).await?)
    }
}

#[derive(Clone)]
pub(super) struct Delete {
    pub(super) id: UserId,
    pub(super) verified: Option<PasswordHash>,
    pub(super) by: Act,
}

#[async_trait]
impl WriteStep for Delete {
    type Output = ();
    type Error = DeleteUserError;

    async fn apply(self, transaction: &Transaction) -> Result<(), DeleteUserError> {
        let Self { id, verified, by } = self;
        let was = user_row::find_to_change(transaction, id).await?;
        let was = was.ok_or(DeleteUserError::NotFound)?;
        if verified.is_some_and(|verified| verified != was.password_hash) {
            return Err(DeleteUserError::PasswordChanged);
        }
        if is_last_admin(transaction, &was).await? {
            return Err(DeleteUserError::LastAdmin);
        }
        // Its sessions and roles go with it.
        let delete = users::Entity::delete_by_id(id.to_string());
        transaction.later(delete).await.map_err(unavailable)?;
        let target = AuditTarget::User(id);
        let event = by.deleted(AuditAction::DeleteUser, target, was.snapshot());
        Ok(audit_log::insert(transaction, &event).await?)
    }
}

/// Whether nobody else could administer the server.
async fn is_last_admin(transaction: &Transaction, user: &User) -> Result<bool, StorageError> {
    if !user.is_admin() {
        return Ok(false);
    }
    // Two who leave at once must not each count on the other.
    take(transaction, Lock::Admins).await.map_err(unavailable)?;
    let other = user_roles::Entity::find()
        .join(JoinType::InnerJoin, user_roles::Relation::User.def())
        .filter(user_roles::Column::Role.eq(Role::ADMIN))
        .filter(user_roles::Column::UserId.ne(user.id.to_string()))
        .filter(users::Column::Status.eq(AccountStatus::Active.as_str()))
        .one(transaction)
        .await
        .map_err(unavailable)?;
    Ok(other.is_none())
}

async fn end_sessions(
    transaction: &Transaction,
    user: UserId,
    spared: Option<SessionId>,
) -> Result<(), StorageError> {
    let spared = spared.map(|session| sessions::Column::Id.ne(session.to_string()));
    let delete = sessions::Entity::delete_many()
        .filter(sessions::Column::UserId.eq(user.to_string()))
        .filter(sea_orm::Condition::all().add_option(spared));
    transaction.later(delete).await.map_err(unavailable)
}

/// Any other error is one of the store.
fn unique_violation(error: DbErr) -> Result<(), StorageError> {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Ok(()),
        _ => Err(unavailable(error)),
    }
}
