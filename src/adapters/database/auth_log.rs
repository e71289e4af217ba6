use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait,
    QueryFilter, sea_query::Expr,
};

use super::{
    Database, auth_log_row, entities::users, error::unavailable, group_commit::WriteStep,
    known_networks, session_store,
};
use crate::{
    domain::{
        AccountStatus, AuthEvent, AuthFailure, AuthSuccess, Rehash, RequestOrigin, Timestamp,
        UserId,
    },
    ports::{AuthLog, LoginRecord, StorageError},
};

#[derive(Debug)]
pub struct SqlAuthLog(Database);

impl SqlAuthLog {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl AuthLog for SqlAuthLog {
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError> {
        let origin = origin.clone();
        self.0.write(Failure(at, origin, failure)).await
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        let success = success.clone();
        self.0.write(Success(at, origin.clone(), success)).await
    }
}

struct Failure(Timestamp, RequestOrigin, AuthFailure);

#[async_trait]
impl WriteStep for Failure {
    type Output = ();
    type Error = StorageError;

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<(), StorageError> {
        let Self(at, origin, failure) = self;
        insert_failure(transaction, at, &origin, &failure).await
    }
}

struct Success(Timestamp, RequestOrigin, AuthSuccess);

#[async_trait]
impl WriteStep for Success {
    type Output = LoginRecord;
    type Error = StorageError;

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<LoginRecord, StorageError> {
        let Self(at, origin, success) = self;
        let user = success.session.user;
        if !touch_active_user(transaction, user, at).await? {
            return Ok(LoginRecord::AccountNotActive);
        }
        if let Some(rehash) = &success.rehash {
            replace_hash(transaction, user, rehash).await?;
        }
        session_store::begin(transaction, &success.session).await?;
        known_networks::note(transaction, user, origin.address.network(), at).await?;
        auth_log_row::insert(transaction, &AuthEvent::success(at, &origin, &success)).await?;
        Ok(LoginRecord::Recorded)
    }
}

/// Adds the row of a refused attempt.
pub(super) async fn insert_failure(
    connection: &impl ConnectionTrait,
    at: Timestamp,
    origin: &RequestOrigin,
    failure: &AuthFailure,
) -> Result<(), StorageError> {
    auth_log_row::insert(connection, &AuthEvent::failure(at, origin, failure)).await
}

async fn replace_hash(
    connection: &impl ConnectionTrait,
    user: UserId,
    rehash: &Rehash,
) -> Result<(), StorageError> {
    let to = Expr::value(rehash.to.to_string());
    users::Entity::update_many()
        .col_expr(users::Column::PasswordHash, to)
        .filter(users::Column::Id.eq(user.to_string()))
        .filter(users::Column::PasswordHash.eq(rehash.from.to_string()))
        .exec(connection)
        .await
        .map(drop)
        .map_err(unavailable)
}

/// Moves `last_login` forward to `at`; false when no active account has the id.
async fn touch_active_user(
    connection: &impl ConnectionTrait,
    user: UserId,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let later_login = Expr::col(users::Column::LastLogin).gt(at);
    let last_login =
        Expr::case(later_login, Expr::col(users::Column::LastLogin)).finally(Expr::value(at));
    let active = Condition::all()
        .add(users::Column::Id.eq(user.to_string()))
        .add(users::Column::Status.eq(AccountStatus::Active.as_str()));
    let updated = users::Entity::update_many()
        .col_expr(users::Column::LastLogin, last_login.into())
        .filter(active)
        .exec(connection)
        .await
        .map_err(unavailable)?;
    Ok(updated.rows_affected == 1)
}
