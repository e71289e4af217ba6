use async_trait::async_trait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::{
    Database, auth_log_row, entities::users, error::unavailable, known_networks, session_store,
    transaction::Transaction, user_row, write_step::WriteStep,
};
use crate::{
    domain::{AccountStatus, AuthEvent, AuthFailure, AuthSuccess, RequestOrigin, Timestamp},
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

#[derive(Clone)]
struct Failure(Timestamp, RequestOrigin, AuthFailure);

#[async_trait]
impl WriteStep for Failure {
    type Output = ();
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<(), StorageError> {
        let Self(at, origin, failure) = self;
        insert_failure(transaction, at, &origin, &failure).await
    }
}

#[derive(Clone)]
struct Success(Timestamp, RequestOrigin, AuthSuccess);

#[async_trait]
impl WriteStep for Success {
    type Output = LoginRecord;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<LoginRecord, StorageError> {
        let Self(at, origin, success) = self;
        let user = success.session.user;
        if !touch_verified_user(transaction, &success, at).await? {
            return match user_row::find(transaction, user).await? {
                Some(user) if user.status == AccountStatus::Active => {
                    Ok(LoginRecord::PasswordChanged)
                }
                _ => Ok(LoginRecord::AccountNotActive),
            };
        }
        session_store::begin(transaction, &success.session).await?;
        known_networks::note(transaction, user, origin.address.network(), at).await?;
        auth_log_row::insert(transaction, &AuthEvent::success(at, &origin, &success)).await?;
        Ok(LoginRecord::Recorded)
    }
}

/// Adds the row of a refused attempt.
pub(super) async fn insert_failure(
    transaction: &Transaction,
    at: Timestamp,
    origin: &RequestOrigin,
    failure: &AuthFailure,
) -> Result<(), StorageError> {
    auth_log_row::insert(transaction, &AuthEvent::failure(at, origin, failure)).await
}

/// Moves `last_login` forward to `at` and puts the rehash in place; false when
/// no active account has the id and the hash that was verified.
async fn touch_verified_user(
    connection: &impl ConnectionTrait,
    success: &AuthSuccess,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let later_login = Expr::col(users::Column::LastLogin).gt(at);
    let last_login =
        Expr::case(later_login, Expr::col(users::Column::LastLogin)).finally(Expr::value(at));
    let hash = success.rehash.as_ref().unwrap_or(&success.verified);
    let updated = users::Entity::update_many()
        .col_expr(users::Column::LastLogin, last_login.into())
        .col_expr(users::Column::PasswordHash, Expr::value(hash.to_string()))
        .filter(users::Column::Id.eq(success.session.user.to_string()))
        .filter(users::Column::Status.eq(AccountStatus::Active.as_str()))
        .filter(users::Column::PasswordHash.eq(success.verified.to_string()))
        .exec(connection)
        .await
        .map_err(unavailable)?;
    Ok(updated.rows_affected == 1)
}
