use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, NotSet, QueryFilter,
    Set, sea_query::Expr,
};

use super::{
    Database,
    entities::{auth_logs, users},
    error::unavailable,
};
use crate::{
    domain::{AccountStatus, AuthFailure, AuthSuccess, Outcome, RequestOrigin, Timestamp, UserId},
    ports::{AuthLog, LoginRecord, StorageError},
};

#[derive(Debug)]
pub struct SqlAuthLog(Database);

impl SqlAuthLog {
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn grant(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, DbErr> {
        let transaction = self.0.begin_write().await?;
        if !touch_active_user(&transaction, success.user, at).await? {
            return Ok(LoginRecord::AccountNotActive);
        }
        if let Some(rehash) = &success.rehash {
            users::Entity::update_many()
                .col_expr(
                    users::Column::PasswordHash,
                    Expr::value(rehash.to.to_string()),
                )
                .filter(users::Column::Id.eq(success.user.to_string()))
                .filter(users::Column::PasswordHash.eq(rehash.from.to_string()))
                .exec(&transaction)
                .await?;
        }
        let row = auth_logs::ActiveModel {
            kid: Set(Some(success.kid.to_string())),
            jti: Set(Some(success.jti.to_string())),
            ..row_of(at, origin, Some(success.user), Outcome::Success)
        };
        auth_logs::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(LoginRecord::Recorded)
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
        auth_logs::Entity::insert(row_of(at, origin, failure.user(), failure.outcome()))
            .exec_without_returning(self.0.writer())
            .await
            .map(drop)
            .map_err(unavailable)
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        self.grant(at, origin, success).await.map_err(unavailable)
    }
}

/// Moves `last_login` forward to `at`; false when no active account has the id.
async fn touch_active_user(
    connection: &impl ConnectionTrait,
    user: UserId,
    at: Timestamp,
) -> Result<bool, DbErr> {
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
        .await?;
    Ok(updated.rows_affected == 1)
}

fn row_of(
    at: Timestamp,
    origin: &RequestOrigin,
    user: Option<UserId>,
    outcome: Outcome,
) -> auth_logs::ActiveModel {
    let user_agent = origin.user_agent.as_ref();
    auth_logs::ActiveModel {
        id: NotSet,
        request_timestamp: Set(at),
        request_ip: Set(origin.address.to_string()),
        user_id: Set(user.map(|id| id.to_string())),
        outcome: Set(outcome.as_str().to_owned()),
        user_agent: Set(user_agent.map(|agent| agent.as_str().to_owned())),
        request_id: Set(origin.request_id.to_string()),
        kid: Set(None),
        jti: Set(None),
    }
}
