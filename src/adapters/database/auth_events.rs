use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement};
use tokio::sync::Mutex;

use super::{
    Database,
    auth_log_query::{
        Way, beyond_few, log_by, network_to_count, page as page_of, placeholders, window_end,
    },
    auth_log_row, auth_summary,
    entities::auth_logs::Entity,
    error::unavailable,
    purging::purge_by_statements,
};
use crate::{
    domain::{
        AuthEvent, AuthEventFilter, AuthEventId, AuthSummary, Page, PageRequest, Position,
        SummaryInterval, Timestamp,
    },
    ports::{AuthEvents, StorageError, SummarizeEventsError},
};

#[derive(Debug)]
pub struct SqlAuthEvents {
    database: Database,
    /// Held while a summary is made: each takes one of few reading connections
    /// for as long as its interval has many events.
    summary: Arc<Mutex<()>>,
}

impl SqlAuthEvents {
    pub fn new(database: Database) -> Self {
        Self {
            database,
            summary: Arc::default(),
        }
    }

    /// How SQLite carries out each statement of a list.
    pub async fn plan_of_list(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Vec<String>, StorageError> {
        let mut statements = Vec::new();
        self.find(filter, page, &mut |statement| {
            statements.push(statement.clone());
        })
        .await?;
        self.plan(statements).await
    }

    /// How SQLite carries out each statement of a summary.
    pub async fn plan_of_summary(
        &self,
        interval: &SummaryInterval,
    ) -> Result<Vec<String>, StorageError> {
        let backend = self.database.reader().get_database_backend();
        let mut statements = vec![auth_summary::beyond(backend, interval, 1)];
        statements.extend(auth_summary::statements(backend, interval));
        self.plan(statements).await
    }

    /// How SQLite carries out a purge.
    pub async fn plan_of_purge(&self, before: Timestamp) -> Result<Vec<String>, StorageError> {
        let backend = self.database.reader().get_database_backend();
        self.plan(purge_statements(backend, before, 1).into()).await
    }

    async fn plan(&self, statements: Vec<Statement>) -> Result<Vec<String>, StorageError> {
        let mut steps = Vec::new();
        for mut statement in statements {
            statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let rows = self.database.reader().query_all_raw(statement).await;
            for row in rows.map_err(unavailable)? {
                steps.push(row.try_get("", "detail").map_err(unavailable)?);
            }
        }
        Ok(steps)
    }

    /// Finds a page, and tells each statement to `note` before it is run.
    async fn find(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
        note: &mut (dyn FnMut(&Statement) + Send),
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        let reader = self.database.reader();
        let backend = reader.get_database_backend();
        let few = match network_to_count(filter).map(|network| beyond_few(backend, network)) {
            None => false,
            Some(beyond) => {
                note(&beyond);
                let found = reader.query_one_raw(beyond).await.map_err(unavailable)?;
                found.is_none()
            }
        };
        let way = Way::of(filter, few);
        let end = if way.answers(filter) == *filter {
            None
        } else {
            let window = window_end(backend, way, filter, page);
            note(&window);
            let found = reader.query_one_raw(window).await.map_err(unavailable)?;
            let position = |row: sea_orm::QueryResult| {
                Ok::<_, DbErr>(Position {
                    at: row.try_get("", "request_timestamp")?,
                    id: row.try_get("", "id")?,
                })
            };
            found.map(position).transpose().map_err(unavailable)?
        };
        let select = page_of(backend, way, filter, page, end.as_ref());
        note(&select);
        let items = Entity::find()
            .from_raw_sql(select)
            .all(reader)
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(auth_log_row::event)
            .collect::<Result<_, _>>()?;
        let mut found = Page::cut(
            items,
            page.size,
            |(id, event): &(AuthEventId, AuthEvent)| Position {
                at: event.at,
                id: *id,
            },
        );
        found.next = found.next.or(end);
        Ok(found)
    }
}

#[async_trait]
impl AuthEvents for SqlAuthEvents {
    async fn list(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        self.find(filter, page, &mut |_| {}).await
    }

    async fn summarize(
        &self,
        interval: &SummaryInterval,
        most: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        let turn = self.summary.clone().lock_owned().await;
        let (reader, interval) = (self.database.reader().clone(), *interval);
        // The database goes on when the caller is gone, and so does the turn.
        let made = tokio::spawn(async move {
            let made = auth_summary::make(&reader, &interval, most).await;
            drop(turn);
            made
        });
        made.await.map_err(StorageError::unavailable)?
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let backend = self.database.reader().get_database_backend();
        let [any, delete] = purge_statements(backend, before, limit);
        purge_by_statements(&self.database, any, delete).await
    }
}

/// What finds the oldest event, and what deletes the oldest ones.
fn purge_statements(backend: DbBackend, before: Timestamp, limit: u32) -> [Statement; 2] {
    let log = log_by(backend, "auth_logs_at_idx");
    let oldest = format!(
        "SELECT id FROM {log} WHERE request_timestamp < ? ORDER BY request_timestamp, id LIMIT ?"
    );
    let delete = format!("DELETE FROM auth_logs WHERE id IN ({oldest})");
    [(oldest, 1), (delete, limit)].map(|(text, limit)| {
        let values = [before.into(), limit.into()];
        Statement::from_sql_and_values(backend, placeholders(backend, &text), values)
    })
}
