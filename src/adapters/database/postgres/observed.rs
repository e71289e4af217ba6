//! What the connections show of the server at their other end.

use std::{
    error::Error,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    DbErr,
    sqlx::{self, PgConnection},
};
use tokio::time::Instant;

use super::{
    bounds::in_time,
    failure::{database_error, is_outdated},
};
use crate::adapters::system::timer_now;

const ONLY_READS: &str =
    "PostgreSQL only reads: it is a standby, or default_transaction_read_only is on";

/// What a pool's connections are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::adapters::database) enum Purpose {
    /// What is read there must be the truth of now.
    Writing,
    /// A standby does, which may be behind.
    Reading,
}

/// Shared by all who use a pool.
#[derive(Clone, Debug, Default)]
pub(in crate::adapters::database) struct Observed(Arc<State>);

#[derive(Debug, Default)]
struct State {
    only_reads: AtomicBool,
    /// When a statement was last found to be prepared for tables that were changed
    /// since: every connection that is older has such ones.
    outdated: Mutex<Option<Instant>>,
}

impl Observed {
    /// Whether the connection may be used by those who write. Its server is asked
    /// anew each time: after a failover the same name may lead to a standby, where a
    /// session that was ended may go on.
    pub(super) async fn writes(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        // It is on in a standby, too.
        let sql = "SELECT current_setting('transaction_read_only')::bool";
        let asked = sqlx::query_scalar::<_, bool>(sql);
        let only_reads = in_time(asked.fetch_one(connection)).await?;
        self.0.only_reads.store(only_reads, Ordering::Relaxed);
        Ok(!only_reads)
    }

    /// The same of a new connection, which is refused with an error.
    pub(super) async fn must_write(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let writes = self.writes(connection).await?;
        writes
            .then_some(())
            .ok_or_else(|| sqlx::Error::Configuration(ONLY_READS.into()))
    }

    /// Whether the server that was asked last takes no writes.
    pub(super) fn only_reads(&self) -> bool {
        self.0.only_reads.load(Ordering::Relaxed)
    }

    /// Whether a connection of this age may be used again.
    pub(super) fn is_recent(&self, age: Duration) -> bool {
        let outdated = *self.outdated();
        outdated.is_none_or(|noted| age < timer_now() - noted)
    }

    /// Whether the error says that its connection has outdated statements, which is
    /// remembered.
    pub(in crate::adapters::database) fn note(&self, error: &(dyn Error + 'static)) -> bool {
        let outdated = database_error(error).is_some_and(is_outdated);
        if outdated {
            *self.outdated() = Some(timer_now());
        }
        outdated
    }

    fn outdated(&self) -> MutexGuard<'_, Option<Instant>> {
        let outdated = self.0.outdated.lock();
        outdated.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the error, and says in words what it is due to where it does not itself.
    /// The pool tries until its time is over, and does not say what for.
    pub(in crate::adapters::database) fn explain(&self, error: DbErr) -> DbErr {
        self.note(&error);
        match error {
            DbErr::ConnectionAcquire(_) if self.only_reads() => {
                DbErr::Custom(ONLY_READS.to_owned())
            }
            error => error,
        }
    }
}
