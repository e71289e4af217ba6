//! Connections that are used in turn.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    sqlx::{
        self, Connection,
        sqlite::{SqliteConnectOptions, SqliteConnection, SqliteQueryResult},
    },
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    connection::BUSY_TIMEOUT,
    opening::open,
    statements::{Done, in_execution, in_query, run, run_text},
    transaction::SqliteTransaction,
};
use crate::adapters::database::pool_state::PoolState;

/// Up to so many of them, each opened when it is needed, and kept while it is. They are no
/// pool of sqlx's, which asks each that comes back whether it still lives: a connection is
/// a thread of this process.
#[derive(Clone)]
pub(in crate::adapters::database) struct Connections(Arc<Shared>);

struct Shared {
    most: u32,
    turns: Arc<Semaphore>,
    free: Mutex<Free>,
    options: SqliteConnectOptions,
}

#[derive(Default)]
struct Free {
    /// The one that was used last is used first.
    connections: Vec<SqliteConnection>,
    /// The fewest since the last look: so many were not used meanwhile.
    fewest: usize,
}

/// One of them, whose turn it is.
pub(super) struct Held {
    /// `None`: on its way back, or not opened yet.
    connection: Option<SqliteConnection>,
    /// Nobody else may have it: it works on what its caller went away from, is in a
    /// transaction, or its thread is gone.
    is_doubtful: bool,
    home: Arc<Shared>,
    turn: Option<OwnedSemaphorePermit>,
}

impl Connections {
    pub(super) fn new(most: u32, options: SqliteConnectOptions) -> Self {
        Self(Arc::new(Shared {
            most,
            turns: Arc::new(Semaphore::new(most as usize)),
            free: Mutex::default(),
            options,
        }))
    }

    /// Waits for a free one, in the order in which they are asked for.
    pub(super) async fn take(&self) -> Result<Held, DbErr> {
        let turn = timeout(BUSY_TIMEOUT, self.0.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let connection = self.0.free().take();
        let mut held = Held {
            connection,
            is_doubtful: false,
            home: self.0.clone(),
            turn: Some(turn),
        };
        if held.connection.is_none() {
            let opened = open(&self.0.options).await;
            held.connection = Some(opened.map_err(in_execution)?);
        }
        Ok(held)
    }

    /// For several queries on the data of one moment.
    pub(in crate::adapters::database) async fn snapshot(&self) -> Result<SqliteTransaction, DbErr> {
        Ok(SqliteTransaction::of_reads(self.take().await?))
    }

    pub(super) fn state(&self, name: &'static str) -> PoolState {
        let Shared { most, turns, .. } = &*self.0;
        let idle = u32::try_from(self.0.free().connections.len()).unwrap_or(*most);
        let used = most.saturating_sub(u32::try_from(turns.available_permits()).unwrap_or(*most));
        PoolState {
            name,
            open: (idle + used).min(*most),
            idle,
            most: *most,
        }
    }

    /// Closes those that nobody used since the last call, but for one: each has a thread
    /// and keeps pages and statements.
    pub(super) async fn close_unused(&self) {
        let unused = self.0.free().take_unused();
        for connection in unused {
            // Whatever it says, another one is opened when it is needed.
            let _ = connection.close().await;
        }
    }

    /// When none is used any more.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        let all = self.0.turns.acquire_many(self.0.most).await;
        // Before the next in line has one of them.
        self.0.turns.close();
        drop(all);
        let free = mem::take(&mut *self.0.free());
        for connection in free.connections {
            connection.close().await.map_err(in_execution)?;
        }
        Ok(())
    }
}

impl Held {
    /// Has the statements done, as [`run`] does.
    pub(super) async fn run(
        &mut self,
        statements: Vec<Statement>,
        begun: impl FnMut(),
    ) -> Result<Done, sqlx::Error> {
        let connection = self.begin_work()?;
        let done = run(connection, statements, begun).await;
        self.is_doubtful = matches!(done, Err(sqlx::Error::WorkerCrashed));
        done
    }

    /// The same of what a text holds.
    pub(super) async fn run_text(&mut self, text: &str) -> Result<SqliteQueryResult, sqlx::Error> {
        let connection = self.begin_work()?;
        let done = run_text(connection, text).await;
        self.is_doubtful = matches!(done, Err(sqlx::Error::WorkerCrashed));
        done
    }

    /// Doubtful until the work is done: its caller may go away meanwhile.
    fn begin_work(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        if self.is_doubtful {
            return Err(sqlx::Error::WorkerCrashed);
        }
        self.is_doubtful = true;
        self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// Closes it, which undoes what was not committed. Whose turn is next opens another.
    pub(super) fn give_up(mut self) {
        self.is_doubtful = true;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (connection, turn) = (self.connection.take(), self.turn.take());
        if !self.is_doubtful {
            self.home.free().connections.extend(connection);
        } else if let (Some(connection), Ok(runtime)) = (connection, Handle::try_current()) {
            // Its turn lasts until its thread is done: no more of them work than may.
            runtime.spawn(async move {
                // Whatever it says, another one takes its place.
                let _ = connection.close().await;
                drop(turn);
            });
        }
    }
}

impl Shared {
    fn free(&self) -> MutexGuard<'_, Free> {
        // No step under the lock leaves it half changed.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Free {
    fn take(&mut self) -> Option<SqliteConnection> {
        let connection = self.connections.pop();
        self.fewest = self.fewest.min(self.connections.len());
        connection
    }

    fn take_unused(&mut self) -> Vec<SqliteConnection> {
        let unused = self.fewest.min(self.connections.len().saturating_sub(1));
        let unused = self.connections.drain(..unused).collect();
        self.fewest = self.connections.len();
        unused
    }
}

#[async_trait]
impl ConnectionTrait for Connections {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut held = self.take().await?;
        let done = held.run(vec![statement], || {}).await;
        Ok(done.map_err(in_execution)?.result.into())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut held = self.take().await?;
        let done = held.run_text(sql).await;
        Ok(done.map_err(in_execution)?.into())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.take().await?;
        let done = held.run(vec![statement], || {}).await;
        Ok(done.map_err(in_query)?.rows())
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("most", &self.0.most)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many are used at once, and then free.
    async fn use_at_once(connections: &Connections, number: u32) {
        let mut held = Vec::new();
        for _ in 0..number {
            held.push(connections.take().await.unwrap());
        }
    }

    #[tokio::test]
    async fn those_that_were_not_used_between_two_looks_are_closed_but_one() {
        let connections = Connections::new(4, SqliteConnectOptions::new().in_memory(true));
        let kept = async |used| {
            use_at_once(&connections, used).await;
            connections.close_unused().await;
            connections.state("reader").open
        };
        assert_eq!(kept(4).await, 4);
        assert_eq!(kept(3).await, 3);
        assert_eq!(kept(3).await, 3);
        assert_eq!(kept(0).await, 1);
        assert_eq!(kept(0).await, 1);
        assert_eq!(kept(2).await, 2);
    }
}
