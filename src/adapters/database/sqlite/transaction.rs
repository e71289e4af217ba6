//! A transaction on one connection.

use std::{mem, sync::Arc};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    sqlx::{self, sqlite::SqliteQueryResult},
};
use tokio::sync::Mutex;

use super::{
    connections::Held,
    statements::{Done, in_execution, in_query},
};

const BEGIN_PART: &str = "SAVEPOINT part";
const UNDO_PART: &str = "ROLLBACK TO part";
const END_PART: &str = "RELEASE part";

/// Undone unless it is committed.
///
/// SQLite works in a thread of its own, and each way there and back costs more than most
/// statements do. So what nobody waits for the outcome of goes there with what comes next.
#[derive(Clone)]
pub(in crate::adapters::database) struct SqliteTransaction(Arc<Mutex<Open>>);

struct Open {
    /// `None`: it has ended.
    held: Option<Held>,
    /// Not sent yet.
    pending: Vec<Statement>,
    /// Whether the transaction has begun, or why it did not.
    begun: Option<Result<(), Arc<sqlx::Error>>>,
}

impl SqliteTransaction {
    /// Holds the write lock from its first statement on: a deferred transaction that reads
    /// before it writes fails under concurrency.
    pub(super) fn of_writes(held: Held) -> Self {
        Self::begin(held, "BEGIN IMMEDIATE")
    }

    /// Sees the data as they are at its first statement.
    pub(super) fn of_reads(held: Held) -> Self {
        Self::begin(held, "BEGIN")
    }

    fn begin(held: Held, begin: &str) -> Self {
        Self(Arc::new(Mutex::new(Open {
            held: Some(held),
            pending: vec![plain(begin)],
            begun: None,
        })))
    }

    /// Its error, if it has one, is that of what comes next.
    pub(in crate::adapters::database) async fn later(&self, change: Statement) {
        self.0.lock().await.pending.push(change);
    }

    /// What follows can be undone by itself. One part ends before the next begins.
    pub(super) async fn begin_part(&self) {
        self.later(plain(BEGIN_PART)).await;
    }

    /// The part stands, as far as the transaction does. Where that fails it is to be undone.
    pub(super) async fn keep_part(&self) -> Result<(), DbErr> {
        let kept = self.0.lock().await.send(plain(END_PART)).await;
        kept.map(drop).map_err(in_execution)
    }

    /// The part comes to nothing.
    pub(super) async fn undo_part(&self) -> Result<(), DbErr> {
        let mut open = self.0.lock().await;
        if let Some(unsent) = open.pending.iter().position(|next| next.sql == BEGIN_PART) {
            open.pending.truncate(unsent);
            return Ok(());
        }
        open.pending = vec![plain(UNDO_PART)];
        let undone = open.send(plain(END_PART)).await;
        undone.map(drop).map_err(in_execution)
    }

    pub(in crate::adapters::database) async fn commit(self) -> Result<(), DbErr> {
        let mut open = self.0.lock().await;
        let committed = open.send(plain("COMMIT")).await;
        if committed.is_ok() {
            open.held = None;
        } else {
            // The error that counts is the commit's.
            let _ = open.roll_back().await;
        }
        committed.map(drop).map_err(in_execution)
    }

    pub(in crate::adapters::database) async fn rollback(self) -> Result<(), DbErr> {
        let mut open = self.0.lock().await;
        open.roll_back().await.map_err(in_execution)
    }
}

impl Open {
    /// Has all that is pending done, and then this. Without a transaction each statement
    /// would be one by itself: none is sent if that did not begin.
    async fn send(&mut self, statement: Statement) -> Result<Done, Arc<sqlx::Error>> {
        if let Some(Err(error)) = &self.begun {
            return Err(error.clone());
        }
        let mut statements = mem::take(&mut self.pending);
        statements.push(statement);
        let held = self.held.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        let begun = || self.begun = Some(Ok(()));
        let done = held.run(statements, begun).await.map_err(Arc::new);
        if let (None, Err(error)) = (&self.begun, &done) {
            self.begun = Some(Err(error.clone()));
        }
        done
    }

    async fn send_text(&mut self, text: &str) -> Result<SqliteQueryResult, Arc<sqlx::Error>> {
        if let Some(Err(error)) = &self.begun {
            return Err(error.clone());
        }
        if let Some(last) = self.pending.pop() {
            self.send(last).await?;
        }
        let held = self.held.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        Ok(held.run_text(text).await?)
    }

    async fn roll_back(&mut self) -> Result<(), Arc<sqlx::Error>> {
        self.pending.clear();
        let undone = match &self.begun {
            None => Ok(()),
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(())) => self.send(plain("ROLLBACK")).await.map(drop),
        };
        // SQLite may have ended it by itself, as it does when the disk is full, or still be
        // in one: the next transaction has another connection.
        if undone.is_err() {
            self.give_up();
        }
        self.held = None;
        undone
    }

    fn give_up(&mut self) {
        if let Some(held) = self.held.take() {
            held.give_up();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.begun.is_some() {
            self.give_up();
        }
    }
}

#[async_trait]
impl ConnectionTrait for SqliteTransaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let done = self.0.lock().await.send(statement).await;
        Ok(done.map_err(in_execution)?.result.into())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut open = self.0.lock().await;
        let done = open.send_text(sql).await;
        Ok(done.map_err(in_execution)?.into())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let done = self.0.lock().await.send(statement).await;
        Ok(done.map_err(in_query)?.rows())
    }
}

fn plain(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
