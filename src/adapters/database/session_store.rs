use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Order, Query},
};

use super::{
    Database, audit_log, auth_log,
    entities::{sessions, users},
    error::unavailable,
    group_commit::WriteStep,
    session_row, user_row,
};
use crate::{
    domain::{
        AccountStatus, Act, AuditAction, AuditTarget, AuthFailure, RefreshStep, SESSIONS_PER_USER,
        Session, SessionId, Timestamp, User, UserId,
    },
    ports::{RefreshAttempt, Refreshed, SessionStore, StorageError},
};

#[derive(Debug)]
pub struct SqlSessionStore(Database);

impl SqlSessionStore {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl SessionStore for SqlSessionStore {
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<Refreshed, StorageError> {
        self.0.write(Refresh(attempt)).await
    }

    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        let found = find_active(self.0.reader(), session).await?;
        Ok(found.filter(|(session, _)| session.is_live(at)))
    }

    async fn list_live(&self, user: UserId, at: Timestamp) -> Result<Vec<Session>, StorageError> {
        sessions::Entity::find()
            .filter(sessions::Column::UserId.eq(user.to_string()))
            .filter(sessions::Column::ExpiresAt.gt(at))
            .order_by_desc(sessions::Column::CreatedAt)
            .order_by_desc(sessions::Column::Id)
            .all(self.0.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(Session::try_from)
            .collect()
    }

    async fn end(&self, session: SessionId) -> Result<bool, StorageError> {
        Ok(self.0.write(Delete::Session(session)).await? > 0)
    }

    async fn end_all(&self, user: UserId, by: Option<&Act>) -> Result<u64, StorageError> {
        self.0.write(Delete::OfUser(user, by.cloned())).await
    }

    async fn purge(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        self.0.write(Delete::Expired(at, limit)).await
    }
}

struct Refresh(RefreshAttempt);

#[async_trait]
impl WriteStep for Refresh {
    type Output = Refreshed;
    type Error = StorageError;

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<Refreshed, StorageError> {
        let Self(attempt) = self;
        let at = attempt.clock.now();
        let Some((session, user)) = find_active(transaction, attempt.session).await? else {
            delete(transaction, attempt.session).await?;
            return Ok(Refreshed::NoSession);
        };
        let step = session.refresh(
            attempt.token,
            at,
            &attempt.origin,
            attempt.refresh_key,
            attempt.terms,
        );
        match step {
            RefreshStep::Rotate(rotated) => {
                sessions::Entity::update(session_row::of(&rotated)?)
                    .exec(transaction)
                    .await
                    .map_err(unavailable)?;
                Ok(Refreshed::Current(Box::new(rotated), Box::new(user)))
            }
            RefreshStep::Repeat => Ok(Refreshed::Current(Box::new(session), Box::new(user))),
            RefreshStep::Reuse => {
                delete(transaction, session.id).await?;
                let failure = AuthFailure::RefreshReuse(user.id, session.id);
                auth_log::insert_failure(transaction, at, &attempt.origin, &failure).await?;
                Ok(Refreshed::Reused)
            }
            RefreshStep::Expired => {
                delete(transaction, session.id).await?;
                Ok(Refreshed::NoSession)
            }
        }
    }
}

enum Delete {
    Session(SessionId),
    /// Someone else does it: an audit event says who.
    OfUser(UserId, Option<Act>),
    /// At most so many that were over by then.
    Expired(Timestamp, u32),
}

#[async_trait]
impl WriteStep for Delete {
    type Output = u64;
    type Error = StorageError;

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<u64, StorageError> {
        let condition = match self {
            Self::Session(session) => return delete(transaction, session).await,
            Self::OfUser(user, by) => {
                if let Some(by) = by
                    && user_row::find(transaction, user).await?.is_some()
                {
                    let event = by.done(AuditAction::EndSessions, AuditTarget::User(user));
                    audit_log::insert(transaction, &event).await?;
                }
                sessions::Column::UserId.eq(user.to_string())
            }
            Self::Expired(at, limit) => sessions::Column::Id.in_subquery(
                Query::select()
                    .column(sessions::Column::Id)
                    .from(sessions::Entity)
                    .and_where(sessions::Column::ExpiresAt.lte(at))
                    .limit(limit.into())
                    .to_owned(),
            ),
        };
        let deleted = sessions::Entity::delete_many()
            .filter(condition)
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        Ok(deleted.rows_affected)
    }
}

/// Adds a session and ends those beyond the bound, the longest unused first.
pub(super) async fn begin(
    connection: &impl ConnectionTrait,
    session: &Session,
) -> Result<(), StorageError> {
    sessions::Entity::insert(session_row::of(session)?)
        .exec_without_returning(connection)
        .await
        .map_err(unavailable)?;
    let user = sessions::Column::UserId.eq(session.user.to_string());
    let beyond = Query::select()
        .column(sessions::Column::Id)
        .from(sessions::Entity)
        .and_where(user)
        .order_by(sessions::Column::LastUsedAt, Order::Desc)
        .order_by(sessions::Column::Id, Order::Desc)
        .limit(u64::from(u32::MAX))
        .offset(SESSIONS_PER_USER as u64)
        .to_owned();
    sessions::Entity::delete_many()
        .filter(sessions::Column::Id.in_subquery(beyond))
        .exec(connection)
        .await
        .map(drop)
        .map_err(unavailable)
}

async fn delete(
    connection: &impl ConnectionTrait,
    session: SessionId,
) -> Result<u64, StorageError> {
    let deleted = sessions::Entity::delete_by_id(session.to_string())
        .exec(connection)
        .await
        .map_err(unavailable)?;
    Ok(deleted.rows_affected)
}

/// The session with its account, if that is active.
async fn find_active(
    connection: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Option<(Session, User)>, StorageError> {
    let found = sessions::Entity::find_by_id(session.to_string())
        .find_also_related(users::Entity)
        .one(connection)
        .await
        .map_err(unavailable)?;
    let Some((session, Some(user))) = found else {
        return Ok(None);
    };
    let (session, user) = (Session::try_from(session)?, User::try_from(user)?);
    Ok((user.status == AccountStatus::Active).then_some((session, user)))
}
