//! How long this side waits. PostgreSQL ends by itself what takes too long; where
//! packets get lost on the way to it, nobody else would notice for minutes.

use std::{io, time::Duration};

use sea_orm::{
    DbErr,
    sqlx::{self, Connection, PgConnection},
};

use super::PostgresLimits;

/// For the way there and back, on top of what PostgreSQL is allowed.
pub(super) const MARGIN: Duration = Duration::from_secs(1);

/// How long a connection may take to say that it is alive.
const PING: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug)]
pub(in crate::adapters::database) struct Bounds {
    /// Of one statement on a connection that is there.
    pub statement: Duration,
    /// Of one statement, and of the wait for a connection.
    pub query: Duration,
    /// Of several: seldom more than one of them waits for anybody.
    pub step: Duration,
}

impl Bounds {
    pub(super) fn new(limits: PostgresLimits) -> Self {
        let statement = limits.statement_timeout + MARGIN;
        Self {
            statement,
            query: limits.acquire_timeout + statement,
            step: limits.acquire_timeout + 2 * statement,
        }
    }
}

/// Gives up what takes longer. Its connection comes to nothing: the pool asks it
/// whether it is [alive](is_alive).
pub(in crate::adapters::database) async fn within<T>(
    bound: Duration,
    work: impl Future<Output = T>,
) -> Result<T, DbErr> {
    let late = |_| DbErr::Custom(format!("PostgreSQL gave no answer within {bound:?}"));
    tokio::time::timeout(bound, work).await.map_err(late)
}

/// Whether the connection is to be used again: an error where it is not, which
/// makes the pool drop it.
pub(super) async fn is_alive(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    in_time(connection.ping()).await.map(|()| true)
}

/// What a connection is asked before it is used.
pub(super) async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let late = |_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(PING, answer)
        .await
        .unwrap_or_else(late)
}
