use std::{error::Error, time::Duration};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, IsolationLevel, QueryResult,
    Statement, TransactionTrait,
};

use super::{
    postgres::{Bounds, Observed, database_error, is_lost, is_outdated, within},
    sqlite::{Connections, Trouble},
    transaction::Transaction,
};

/// What the pause before each further attempt is.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_millis(500),
];

/// Connections for reading. Over a network one may be lost at any time, and another
/// server may migrate: a query that met with it is asked again, for it changes nothing.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    connections: Kind,
    /// `None`: what it asks is answered in this process, at once or not at all, and
    /// not asked again.
    bounds: Option<Bounds>,
    /// Of PostgreSQL.
    observed: Observed,
    /// Of a SQLite file.
    trouble: Trouble,
}

#[derive(Clone, Debug)]
enum Kind {
    Sqlite(Connections),
    Postgres(DatabaseConnection),
}

/// Runs the attempt, and again where it met with a lost connection, or one whose
/// statements are outdated.
macro_rules! attempts {
    ($reader:ident, $attempt:expr) => {{
        let mut pauses = PAUSES.iter().filter(|_| $reader.bounds.is_some());
        loop {
            match $reader.answer($attempt).await {
                Err(error) if is_lost(&error) || is_outdated(&error) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => break Err(error),
                },
                result => {
                    if let Err(error) = &result {
                        $reader.trouble.note(error);
                    }
                    break result;
                }
            }
        }
    }};
}

impl Reader {
    /// Asks each query once, and remembers what that shows of the file.
    pub(super) fn once(connections: Connections, trouble: Trouble) -> Self {
        Self {
            connections: Kind::Sqlite(connections),
            bounds: None,
            observed: Observed::default(),
            trouble,
        }
    }

    /// Asks again after a lost connection, and waits for no answer for longer than
    /// the bounds say.
    pub(super) fn again(
        connections: DatabaseConnection,
        bounds: Bounds,
        observed: Observed,
    ) -> Self {
        Self {
            connections: Kind::Postgres(connections),
            bounds: Some(bounds),
            observed,
            trouble: Trouble::default(),
        }
    }

    /// A change of several statements that comes to nothing unless it succeeds, as long
    /// as it may take. Where its statements are outdated it is done once more, and not
    /// after a lost connection: it may have been committed.
    pub(super) async fn change_in_time<T, E, F>(
        &self,
        change: impl Fn() -> F,
    ) -> Result<Result<T, E>, DbErr>
    where
        E: Error + 'static,
        F: Future<Output = Result<T, E>>,
    {
        let Some(bounds) = self.bounds else {
            return Ok(change().await);
        };
        let done = within(bounds.step, change()).await?;
        let error = done.as_ref().err();
        if error.is_some_and(|error| self.observed.note(error)) {
            return within(bounds.step, change()).await;
        }
        Ok(done)
    }

    /// Queries on the data of one moment, as long as they may take: all of them again
    /// where one met with what a single one is asked again after.
    pub(super) async fn read_in_time<T, E, F>(
        &self,
        read: impl Fn() -> F,
    ) -> Result<Result<T, E>, DbErr>
    where
        E: Error + 'static,
        F: Future<Output = Result<T, E>>,
    {
        let Some(bounds) = self.bounds else {
            return Ok(read().await);
        };
        let reading = async {
            let mut pauses = PAUSES.iter();
            loop {
                let error = match read().await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                };
                let outdated = self.observed.note(&error);
                let again = outdated || database_error(&error).is_some_and(is_lost);
                match pauses.next().filter(|_| again) {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(error),
                }
            }
        };
        within(bounds.step, reading).await
    }

    async fn answer<T>(&self, query: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(bounds) = self.bounds else {
            return query.await;
        };
        let answer = within(bounds.query, query).await.flatten();
        answer.map_err(|error| self.observed.explain(error))
    }

    /// Several queries on the data of one moment.
    pub(super) async fn snapshot(&self) -> Result<Transaction, DbErr> {
        match &self.connections {
            Kind::Sqlite(connections) => connections.snapshot().await.map(Transaction::Sqlite),
            Kind::Postgres(connections) => {
                let level = Some(IsolationLevel::RepeatableRead);
                let begun = attempts!(self, connections.begin_with_config(level, None));
                begun.map(Transaction::Postgres)
            }
        }
    }
}

/// Has either of them do it.
macro_rules! on {
    ($connections:expr, $ask:ident($($argument:expr),*)) => {
        async {
            match $connections {
                Kind::Sqlite(connections) => connections.$ask($($argument),*).await,
                Kind::Postgres(connections) => connections.$ask($($argument),*).await,
            }
        }
    };
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match &self.connections {
            Kind::Sqlite(_) => DbBackend::Sqlite,
            Kind::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.answer(on!(&self.connections, execute_raw(statement)))
            .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.answer(on!(&self.connections, execute_unprepared(sql)))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        attempts!(
            self,
            on!(&self.connections, query_one_raw(statement.clone()))
        )
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        attempts!(
            self,
            on!(&self.connections, query_all_raw(statement.clone()))
        )
    }
}
