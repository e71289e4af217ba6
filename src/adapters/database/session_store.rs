use std::{
    collections::{BTreeSet, HashMap},
    iter,
};

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{OnConflict, Order, Query},
};

use super::{
    Database, audit_log,
    connection::Kind,
    entities::{sessions, users},
    error::unavailable,
    postgres::refresh_alone,
    purging::purge,
    session_row,
    sqlite::Refreshes,
    transaction::Transaction,
    user_row,
    write_step::WriteStep,
};
use crate::{
    domain::{
        AccountStatus, Act, AuditAction, AuditTarget, SESSIONS_PER_USER, Session, SessionId,
        Timestamp, User, UserId,
    },
    ports::{RefreshAttempt, Refreshed, SessionStore, StorageError},
};

#[derive(Debug)]
pub struct SqlSessionStore {
    database: Database,
    /// Those that wait for SQLite.
    refreshes: Refreshes,
}

impl SqlSessionStore {
    pub fn new(database: Database) -> Self {
        Self {
            database,
            refreshes: Refreshes::default(),
        }
    }
}

#[async_trait]
impl SessionStore for SqlSessionStore {
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<Refreshed, StorageError> {
        match &self.database.0 {
            Kind::Sqlite(sqlite) => self.refreshes.run(sqlite, attempt).await,
            Kind::Postgres(postgres) => refresh_alone(postgres, attempt).await,
        }
    }

    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        let found = find_active(self.database.reader(), &[session].into()).await?;
        let found = found.into_values().next();
        Ok(found.filter(|(session, _)| session.is_live(at)))
    }

    async fn list_live(&self, user: UserId, at: Timestamp) -> Result<Vec<Session>, StorageError> {
        sessions::Entity::find()
            .filter(sessions::Column::UserId.eq(user.to_string()))
            .filter(sessions::Column::ExpiresAt.gt(at))
            .order_by_desc(sessions::Column::CreatedAt)
            .order_by_desc(sessions::Column::Id)
            .all(self.database.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(Session::try_from)
            .collect()
    }

    async fn end(&self, session: SessionId) -> Result<bool, StorageError> {
        Ok(self.database.write(Delete::Session(session)).await? > 0)
    }

    async fn end_all(&self, user: UserId, by: Option<&Act>) -> Result<u64, StorageError> {
        self.database.write(Delete::OfUser(user, by.cloned())).await
    }

    async fn purge(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let expired = sessions::Column::ExpiresAt.lte(at);
        let some = |limit: u32| {
            Query::select()
                .column(sessions::Column::Id)
                .from(sessions::Entity)
                .and_where(expired.clone())
                .limit(limit.into())
                .to_owned()
        };
        let delete = sessions::Entity::delete_many()
            .filter(sessions::Column::Id.in_subquery(some(limit)))
            // A refresh that was waited for may have prolonged it.
            .filter(expired.clone());
        purge(&self.database, &some(1), delete).await
    }
}

#[derive(Clone)]
enum Delete {
    Session(SessionId),
    /// Someone else does it: an audit event says who.
    OfUser(UserId, Option<Act>),
}

#[async_trait]
impl WriteStep for Delete {
    type Output = u64;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<u64, StorageError> {
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
    transaction: &Transaction,
    session: &Session,
) -> Result<(), StorageError> {
    let insert = sessions::Entity::insert(session_row::of(session)?);
    transaction.later(insert).await.map_err(unavailable)?;
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
    let trim = sessions::Entity::delete_many().filter(sessions::Column::Id.in_subquery(beyond));
    transaction.later(trim).await.map_err(unavailable)
}

pub(super) async fn delete(
    connection: &impl ConnectionTrait,
    session: SessionId,
) -> Result<u64, StorageError> {
    let deleted = sessions::Entity::delete_by_id(session.to_string())
        .exec(connection)
        .await
        .map_err(unavailable)?;
    Ok(deleted.rows_affected)
}

/// Lets nobody else change the session until the transaction ends.
pub(super) async fn lock(
    transaction: &Transaction,
    session: SessionId,
) -> Result<(), StorageError> {
    sessions::Entity::find_by_id(session.to_string())
        .lock_exclusive()
        .one(transaction)
        .await
        .map(drop)
        .map_err(unavailable)
}

/// Those of the sessions whose accounts are active, with these.
pub(super) async fn find_active(
    connection: &impl ConnectionTrait,
    ids: &BTreeSet<SessionId>,
) -> Result<HashMap<SessionId, (Session, User)>, StorageError> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let mut active = HashMap::with_capacity(ids.len());
    for ids in in_powers_of_two(&ids) {
        let found = sessions::Entity::find()
            .filter(sessions::Column::Id.is_in(ids))
            .find_also_related(users::Entity)
            .all(connection)
            .await
            .map_err(unavailable)?;
        for (session, user) in found {
            let Some(user) = user else { continue };
            let (session, user) = (Session::try_from(session)?, User::try_from(user)?);
            if user.status == AccountStatus::Active {
                active.insert(session.id, (session, user));
            }
        }
    }
    Ok(active)
}

/// Writes sessions that are there already.
pub(super) async fn write_all(
    transaction: &Transaction,
    sessions: impl Iterator<Item = &Session>,
) -> Result<(), StorageError> {
    let rows = sessions
        .map(session_row::of)
        .collect::<Result<Vec<_>, _>>()?;
    for rows in in_powers_of_two(&rows) {
        let there = OnConflict::column(sessions::Column::Id)
            .update_columns(session_row::CHANGED_BY_REFRESH)
            .to_owned();
        let upsert = sessions::Entity::insert_many(rows.iter().cloned()).on_conflict(there);
        if rows.len() == 1 {
            transaction.later(upsert).await
        } else {
            // By itself it is one of few texts, and fails before the end of the step.
            (upsert.exec_without_returning(transaction).await).map(drop)
        }
        .map_err(unavailable)?;
    }
    Ok(())
}

/// Each part as large as can be: of so few sizes that the statements, which
/// differ by their number of values, stay prepared.
fn in_powers_of_two<T>(items: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    iter::from_fn(move || {
        let size = 1 << rest.len().checked_ilog2()?;
        let (part, others) = rest.split_at(size);
        rest = others;
        Some(part)
    })
}
