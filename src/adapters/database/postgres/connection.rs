use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqlxPostgresConnector,
    TransactionTrait,
};

use super::{
    bounds::{Bounds, within},
    failure::{is_conflict, is_lost, passes},
    locks::{Lock, take},
    observed::{Observed, Purpose},
    opening::{first_connection, options, pool},
    turns::Turns,
    url::PostgresUrl,
};
use crate::{
    adapters::database::{
        error::unavailable, pool_state::PoolState, reader::Reader, transaction::Transaction,
        write_step::WriteStep,
    },
    domain::KeyTimings,
    ports::StorageError,
};

/// How much of PostgreSQL a server takes, and how long it waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostgresLimits {
    /// How many connections are open at once.
    pub pool_size: u32,
    /// How long the first connection may take, PostgreSQL's own start included.
    pub connect_timeout: Duration,
    /// How long a request waits for a connection, also for one that has to be
    /// opened: this bounds every connection but the first.
    pub acquire_timeout: Duration,
    /// How long PostgreSQL works on one statement, its waiting for locks
    /// included.
    pub statement_timeout: Duration,
    /// How long a migration waits for another one, or for a copy.
    pub migration_wait: Duration,
}

impl PostgresLimits {
    /// Of a migration on others that may rewrite large tables.
    pub const MIGRATION_WAIT: Duration = Duration::from_mins(10);
}

/// What the pause before each further attempt to write is.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(5),
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(500),
];

/// A pool of connections. Each step has a transaction of its own; PostgreSQL
/// itself joins their commits.
#[derive(Clone, Debug)]
pub(in crate::adapters::database) struct Postgres {
    pub(super) connections: DatabaseConnection,
    reader: Reader,
    pub(super) bounds: Bounds,
    observed: Observed,
    turns: Turns,
    /// For connections that are no part of the pool.
    pub(super) url: PostgresUrl,
    pub(super) limits: PostgresLimits,
}

/// What became of an attempt to write.
enum Attempt<T, E> {
    Answer(Result<T, E>),
    /// Nothing was committed, and another attempt may succeed.
    Undone(E),
}

impl Postgres {
    pub(in crate::adapters::database) async fn open(
        url: &PostgresUrl,
        limits: PostgresLimits,
        purpose: Purpose,
    ) -> Result<Self, DbErr> {
        let (options, observed) = (options(url, limits), Observed::default());
        first_connection(&options, limits.connect_timeout, purpose, &observed).await?;
        let bounds = Bounds::new(limits);
        let pool = pool(options, limits, purpose, &observed);
        let connections = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        Ok(Self {
            reader: Reader::again(connections.clone(), bounds, observed.clone()),
            connections,
            bounds,
            observed,
            turns: Turns::new(limits.acquire_timeout),
            url: url.clone(),
            limits,
        })
    }

    pub(in crate::adapters::database) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// For steps of which only one at a time can go on.
    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(in crate::adapters::database) fn pool(&self) -> PoolState {
        PoolState::of("all", self.connections.get_postgres_connection_pool())
    }

    /// Applies the step, again where nothing of it was committed. It goes on when
    /// the caller does not wait any longer.
    pub(in crate::adapters::database) async fn write<S: WriteStep>(
        &self,
        step: S,
    ) -> Result<S::Output, S::Error> {
        let this = self.clone();
        let written = tokio::spawn(async move { this.attempts(step).await }).await;
        written.unwrap_or_else(|_| Err(StorageError::unavailable("a write panicked").into()))
    }

    /// Closes all connections.
    pub(in crate::adapters::database) async fn close(self) -> Result<(), DbErr> {
        self.connections.close().await
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let begun = self.connections.begin().await;
        begun.map_err(|error| self.observed.explain(error))
    }

    async fn attempts<S: WriteStep>(&self, step: S) -> Result<S::Output, S::Error> {
        let mut pauses = PAUSES.iter();
        loop {
            match self.attempt(step.clone()).await {
                Attempt::Answer(answer) => return answer,
                Attempt::Undone(error) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(error),
                },
            }
        }
    }

    async fn attempt<S: WriteStep>(&self, step: S) -> Attempt<S::Output, S::Error> {
        let Bounds {
            statement, query, ..
        } = self.bounds;
        let begun = within(query, self.begin()).await;
        let transaction = match begun.flatten() {
            Ok(transaction) => Transaction::Postgres(transaction),
            Err(error) => return Self::not_begun(error),
        };
        let applied = match within(self.bounds.step, step.apply(&transaction)).await {
            Ok(applied) => applied,
            // It is dropped: nobody would answer a rollback either.
            Err(late) => return Attempt::Answer(Err(unavailable(late).into())),
        };
        match applied {
            Ok(output) => match within(statement, transaction.commit()).await.flatten() {
                Ok(()) => Attempt::Answer(Ok(output)),
                Err(error) if is_conflict(&error) => Attempt::Undone(unavailable(error).into()),
                // It may have been committed.
                Err(error) => Attempt::Answer(Err(unavailable(error).into())),
            },
            Err(error) => {
                // Where this fails the connection is gone, and PostgreSQL does it.
                let _ = within(statement, transaction.rollback()).await;
                self.observed.note(&error);
                if passes(&error) {
                    Attempt::Undone(error)
                } else {
                    Attempt::Answer(Err(error))
                }
            }
        }
    }

    fn not_begun<T, E: From<StorageError>>(error: DbErr) -> Attempt<T, E> {
        let lost = is_lost(&error);
        let error = unavailable(error).into();
        if lost {
            Attempt::Undone(error)
        } else {
            Attempt::Answer(Err(error))
        }
    }

    /// Begins a transaction that holds the lock on all keys. A commit that is late
    /// on its way finds it undone: a change is stored in time or not at all.
    pub(in crate::adapters::database) async fn begin_key_change(
        &self,
    ) -> Result<DatabaseTransaction, DbErr> {
        let mut pauses = PAUSES.iter();
        loop {
            let begun = async {
                let transaction = self.begin().await?;
                let begins = KeyTimings::COMMIT_BEGINS_WITHIN;
                let left = KeyTimings::COMMIT_DELAY.saturating_sub(begins);
                let idle = left.min(self.bounds.statement).as_millis();
                let set = format!("SET LOCAL idle_in_transaction_session_timeout = {idle}");
                transaction.execute_unprepared(&set).await?;
                take(&transaction, Lock::Keys).await?;
                Ok(transaction)
            };
            match begun.await {
                Err(error) if is_lost(&error) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(error),
                },
                result => return result,
            }
        }
    }
}
