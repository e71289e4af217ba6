//! Accounts as rows of `users`, and their roles as rows of `user_roles`.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::{
    entities::{user_roles, users},
    error::{Row, unavailable},
    transaction::Transaction,
};
use crate::{
    domain::{User, UserId},
    ports::StorageError,
};

/// SQLite takes 32,766 values in one statement.
const ROWS_PER_STATEMENT: usize = 1000;

pub(super) fn of(user: &User) -> users::ActiveModel {
    users::ActiveModel {
        id: Set(user.id.to_string()),
        username: Set(user.username.to_string()),
        username_folded: Set(user.username.folded()),
        email: Set(user.email.to_string()),
        email_folded: Set(user.email.folded()),
        display_name: Set(user.display_name.as_ref().map(ToString::to_string)),
        password_hash: Set(user.password_hash.to_string()),
        status: Set(user.status.as_str().to_owned()),
        roles: Set(user.roles.to_string()),
        date_registered: Set(user.date_registered),
        last_login: Set(user.last_login),
    }
}

/// Inserts accounts whose names nobody has.
pub(super) async fn insert_all(
    transaction: &Transaction,
    users: &[&User],
) -> Result<(), StorageError> {
    for users in users.chunks(ROWS_PER_STATEMENT) {
        let insert = users::Entity::insert_many(users.iter().map(|user| of(user)));
        transaction.later(insert).await.map_err(unavailable)?;
    }
    insert_roles_of(transaction, users.iter().copied()).await
}

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<User>, StorageError> {
    users::Entity::find_by_id(id.to_string())
        .one(connection)
        .await
        .map_err(unavailable)?
        .map(User::try_from)
        .transpose()
}

/// The same, and nobody else changes the account until the transaction ends.
pub(super) async fn find_to_change(
    transaction: &Transaction,
    id: UserId,
) -> Result<Option<User>, StorageError> {
    users::Entity::find_by_id(id.to_string())
        .lock_exclusive()
        .one(transaction)
        .await
        .map_err(unavailable)?
        .map(User::try_from)
        .transpose()
}

/// Makes `user_roles` say what `users.roles` says.
pub(super) async fn write_roles(
    transaction: &Transaction,
    user: &User,
) -> Result<(), StorageError> {
    let id = user.id.to_string();
    let delete = user_roles::Entity::delete_many().filter(user_roles::Column::UserId.eq(&id));
    transaction.later(delete).await.map_err(unavailable)?;
    insert_roles(transaction, user).await
}

/// Of an account that has no rows there yet.
pub(super) async fn insert_roles(
    transaction: &Transaction,
    user: &User,
) -> Result<(), StorageError> {
    insert_roles_of(transaction, [user]).await
}

/// Of accounts that have no rows there yet.
pub(super) async fn insert_roles_of(
    transaction: &Transaction,
    users: impl IntoIterator<Item = &User>,
) -> Result<(), StorageError> {
    let rows_of = |user: &User| {
        let (date_registered, id) = (user.date_registered, user.id.to_string());
        let roles: Vec<_> = user.roles.iter().map(str::to_owned).collect();
        roles.into_iter().map(move |role| user_roles::ActiveModel {
            role: Set(role),
            date_registered: Set(date_registered),
            user_id: Set(id.clone()),
        })
    };
    let rows: Vec<_> = users.into_iter().flat_map(rows_of).collect();
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        let insert = user_roles::Entity::insert_many(rows.iter().cloned());
        transaction.later(insert).await.map_err(unavailable)?;
    }
    Ok(())
}

impl TryFrom<users::Model> for User {
    type Error = StorageError;

    fn try_from(model: users::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "users",
            id: &model.id,
        };
        let display_name = model.display_name.as_deref().map(str::parse);
        Ok(Self {
            id: (model.id.parse()).map_err(|e| row.corrupt("id", e))?,
            username: (model.username.parse()).map_err(|e| row.corrupt("username", e))?,
            email: (model.email.parse()).map_err(|e| row.corrupt("email", e))?,
            display_name: (display_name.transpose()).map_err(|e| row.corrupt("display_name", e))?,
            password_hash: (model.password_hash.parse())
                .map_err(|e| row.corrupt("password_hash", e))?,
            status: (model.status.parse())
                .map_err(|()| row.corrupt("status", "neither active nor disabled"))?,
            roles: model.roles.parse().map_err(|e| row.corrupt("roles", e))?,
            date_registered: model.date_registered,
            last_login: model.last_login,
        })
    }
}
