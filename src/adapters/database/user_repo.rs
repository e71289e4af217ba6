use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set, SqlErr,
};

use super::{
    Database,
    entities::users,
    error::{Row, unavailable},
    group_commit::WriteStep,
};
use crate::{
    domain::{AccountStatus, NewUser, User, UserId, Username},
    ports::{RegisterError, StorageError, UserRepo},
};

#[derive(Debug)]
pub struct SqlUserRepo(Database);

impl SqlUserRepo {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl UserRepo for SqlUserRepo {
    async fn register(&self, user: &NewUser) -> Result<(), RegisterError> {
        let row = users::ActiveModel {
            id: Set(user.id.to_string()),
            username: Set(user.username.to_string()),
            username_folded: Set(user.username.folded()),
            email: Set(user.email.to_string()),
            email_folded: Set(user.email.folded()),
            password_hash: Set(user.password_hash.to_string()),
            status: Set(AccountStatus::Active.as_str().to_owned()),
            date_registered: Set(user.date_registered),
            last_login: Set(None),
        };
        let username = user.username.clone();
        self.0.write(Register { row, username }).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        find_by_username(self.0.reader(), username)
            .await?
            .map(User::try_from)
            .transpose()
    }
}

struct Register {
    row: users::ActiveModel,
    username: Username,
}

#[async_trait]
impl WriteStep for Register {
    type Output = ();
    type Error = RegisterError;

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<(), RegisterError> {
        let inserted = users::Entity::insert(self.row).exec_without_returning(transaction);
        let Err(error) = inserted.await else {
            return Ok(());
        };
        match error.sql_err() {
            // The database names one of the violated constraints, in an order
            // of its own, so ask which of the two names is taken.
            Some(SqlErr::UniqueConstraintViolation(_)) => {
                Err(match find_by_username(transaction, &self.username).await? {
                    Some(_) => RegisterError::UsernameTaken,
                    None => RegisterError::EmailTaken,
                })
            }
            _ => Err(unavailable(error).into()),
        }
    }
}

async fn find_by_username(
    connection: &impl ConnectionTrait,
    username: &Username,
) -> Result<Option<users::Model>, StorageError> {
    users::Entity::find()
        .filter(users::Column::UsernameFolded.eq(username.folded()))
        .one(connection)
        .await
        .map_err(unavailable)
}

impl TryFrom<users::Model> for User {
    type Error = StorageError;

    fn try_from(model: users::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "users",
            id: &model.id,
        };
        Ok(Self {
            id: (model.id.parse().map(UserId::new)).map_err(|e| row.corrupt("id", e))?,
            username: (model.username.parse()).map_err(|e| row.corrupt("username", e))?,
            email: (model.email.parse()).map_err(|e| row.corrupt("email", e))?,
            password_hash: (model.password_hash.parse())
                .map_err(|e| row.corrupt("password_hash", e))?,
            status: (model.status.parse())
                .map_err(|()| row.corrupt("status", "neither active nor disabled"))?,
            date_registered: model.date_registered,
            last_login: model.last_login,
        })
    }
}
