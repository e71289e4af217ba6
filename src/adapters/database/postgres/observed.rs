//! What the connections show of the server at their other end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{
    DbErr,
    sqlx::{self, PgConnection},
};

use super::bounds::in_time;

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
pub(in crate::adapters::database) struct Observed(Arc<AtomicBool>);

impl Observed {
    /// Whether the connection may be used by those who write. Its server is asked
    /// anew each time: after a failover the same name may lead to a standby, where a
    /// session that was ended may go on.
    pub(super) async fn writes(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        // It is on in a standby, too.
        let sql = "SELECT current_setting('transaction_read_only')::bool";
        let asked = sqlx::query_scalar::<_, bool>(sql);
        let only_reads = in_time(asked.fetch_one(connection)).await?;
        self.0.store(only_reads, Ordering::Relaxed);
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
        self.0.load(Ordering::Relaxed)
    }

    /// The pool tries until its time is over, and does not say what for.
    pub(in crate::adapters::database) fn explain(&self, error: DbErr) -> DbErr {
        match error {
            DbErr::ConnectionAcquire(_) if self.only_reads() => {
                DbErr::Custom(ONLY_READS.to_owned())
            }
            error => error,
        }
    }
}
