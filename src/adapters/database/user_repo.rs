use async_trait::async_trait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, SqlErr};

use super::{
    Database,
    entities::users,
    error::{Row, unavailable},
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
        let Err(error) = users::Entity::insert(row)
            .exec_without_returning(self.0.writer())
            .await
        else {
            return Ok(());
        };
        match error.sql_err() {
            // The database names one of the violated constraints, in an order
            // of its own, so ask which of the two names is taken. Nothing
            // deletes accounts in between.
            Some(SqlErr::UniqueConstraintViolation(_)) => {
                Err(match self.find_by_username(&user.username).await? {
                    Some(_) => RegisterError::UsernameTaken,
                    None => RegisterError::EmailTaken,
                })
            }
            _ => Err(unavailable(error).into()),
        }
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        users::Entity::find()
            .filter(users::Column::UsernameFolded.eq(username.folded()))
            .one(self.0.reader())
            .await
            .map_err(unavailable)?
            .map(User::try_from)
            .transpose()
    }
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
