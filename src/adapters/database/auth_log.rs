use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, NotSet,
    QueryFilter, Set, sea_query::Expr,
};

use super::{
    Database,
    entities::{auth_logs, users},
    error::unavailable,
    group_commit::WriteStep,
    known_networks, session_store,
};
use crate::{
    domain::{
        AccountStatus, AuthFailure, AuthSuccess, Outcome, Rehash, RequestOrigin, Timestamp, UserId,
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
        let row = auth_logs::ActiveModel {
            user_id: Set(Some(user.to_string())),
            kid: Set(Some(success.kid.to_string())),
            jti: Set(Some(success.jti.to_string())),
            session_id: Set(Some(success.session.id.to_string())),
            ..row_of(at, &origin, Outcome::Success)
        };
        insert(transaction, row).await?;
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
    let row = auth_logs::ActiveModel {
        user_id: Set(failure.user().map(|id| id.to_string())),
        session_id: Set(failure.session().map(|id| id.to_string())),
        client_id: Set(failure.client().map(ToString::to_string)),
        ..row_of(at, origin, failure.outcome())
    };
    insert(connection, row).await
}

async fn insert(
    connection: &impl ConnectionTrait,
    row: auth_logs::ActiveModel,
) -> Result<(), StorageError> {
    auth_logs::Entity::insert(row)
        .exec_without_returning(connection)
        .await
        .map(drop)
        .map_err(unavailable)
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

fn row_of(at: Timestamp, origin: &RequestOrigin, outcome: Outcome) -> auth_logs::ActiveModel {
    let user_agent = origin.user_agent.as_ref();
    auth_logs::ActiveModel {
        id: NotSet,
        request_timestamp: Set(at),
        request_ip: Set(origin.address.to_string()),
        user_id: Set(None),
        outcome: Set(outcome.as_str().to_owned()),
        user_agent: Set(user_agent.map(|agent| agent.as_str().to_owned())),
        request_id: Set(origin.request_id.to_string()),
        kid: Set(None),
        jti: Set(None),
        session_id: Set(None),
        client_id: Set(None),
    }
}
