//! What takes its time: migrations, and copies of whole databases.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbErr, IsolationLevel, TransactionTrait,
};
use tokio::time::sleep;

use super::{
    Postgres,
    bounds::{MARGIN, within},
    failure::is_locked,
    locks::{Lock, holder, keeper_of_tables, take, take_if_free, user_of_tables},
    long_work::LongWork,
};
use crate::adapters::database::SchemaError;

/// How long who holds the lock on migrations may stand still. Those that wait for
/// it wait for longer, so that they go on when it is ended.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// How long a migration waits at a time for those who use a table, a backup say:
/// whoever asks for that table meanwhile waits behind it.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// How long who reads everything waits for those who keep a table for themselves, a
/// migration say.
const READ_WAIT: Duration = Duration::from_secs(5);

/// For those who waited behind it, before it tries again.
const BETWEEN_WAITS: Duration = Duration::from_secs(3);

impl Postgres {
    /// Begins a transaction that alone migrates, and waits for that as long as the
    /// limits say. It may take its time, but not stand still: PostgreSQL ends it
    /// when its program is frozen.
    pub(in crate::adapters::database) async fn begin_migrating(
        &self,
        work: &LongWork,
    ) -> Result<DatabaseTransaction, SchemaError> {
        let begun = within(self.bounds.query, self.begin()).await;
        let transaction = begun.flatten().map_err(SchemaError::Unavailable)?;
        let timeouts = format!(
            "SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = {}",
            LONGEST_PAUSE.as_millis()
        );
        let free = async {
            transaction.execute_unprepared(&timeouts).await?;
            work.is_done_by(&transaction).await?;
            take_if_free(&transaction, Lock::Migrations).await
        };
        let free = within(self.bounds.step, free).await.flatten();
        if free.map_err(SchemaError::Unavailable)? {
            return Ok(transaction);
        }
        self.tell_who_migrates().await;
        match self.wait_for_migrations(&transaction).await {
            Ok(()) => Ok(transaction),
            Err(error) if is_locked(&error) => {
                // Nothing more can be asked on it.
                let _ = within(self.bounds.statement, transaction.rollback()).await;
                Err(SchemaError::Locked {
                    waited: self.limits.migration_wait,
                    holder: self.who_migrates().await,
                })
            }
            Err(error) => Err(SchemaError::Unavailable(error)),
        }
    }

    async fn wait_for_migrations(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        let wait = self.limits.migration_wait;
        let waiting = async {
            let bound = format!("SET LOCAL lock_timeout = {}", wait.as_millis());
            transaction.execute_unprepared(&bound).await?;
            take(transaction, Lock::Migrations).await?;
            let unbound = "SET LOCAL lock_timeout = 0";
            transaction.execute_unprepared(unbound).await.map(drop)
        };
        within(wait + MARGIN, waiting).await.flatten()
    }

    /// Makes each further statement of the transaction fail that a table is not free
    /// for soon.
    pub(in crate::adapters::database) async fn wait_briefly(
        &self,
        transaction: &DatabaseTransaction,
    ) -> Result<(), SchemaError> {
        let bound = LOCK_WAIT.min(self.limits.migration_wait).as_millis();
        let bound = format!("SET LOCAL lock_timeout = {bound}");
        let set = within(
            self.bounds.statement,
            transaction.execute_unprepared(&bound),
        );
        set.await
            .flatten()
            .map(drop)
            .map_err(SchemaError::Unavailable)
    }

    /// After a migration met with a table in use, and was undone. An error once it has
    /// waited for too long in all.
    pub(in crate::adapters::database) async fn let_others_finish(
        &self,
        waited: Duration,
    ) -> Result<(), SchemaError> {
        let holder = in_words(user_of_tables(self.reader()).await);
        let at_most = self.limits.migration_wait;
        if waited >= at_most {
            return Err(SchemaError::InUse { waited, holder });
        }
        tracing::warn!(
            holder,
            ?waited,
            ?at_most,
            "a migration waits until another connection lets go of a table that it changes"
        );
        sleep(BETWEEN_WAITS).await;
        Ok(())
    }

    async fn tell_who_migrates(&self) {
        let holder = self.who_migrates().await;
        tracing::info!(
            holder,
            at_most = ?self.limits.migration_wait,
            "waiting for another process, which migrates the database or copies into it"
        );
    }

    async fn who_migrates(&self) -> String {
        in_words(holder(self.reader(), Lock::Migrations).await)
    }

    /// Begins to read the data of one moment, however long it takes. A statement fails
    /// whose table nobody may read for longer than [that](Self::longest_wait_to_read).
    pub(in crate::adapters::database) async fn begin_long_reading(
        &self,
        work: &LongWork,
    ) -> Result<DatabaseTransaction, DbErr> {
        let timeouts = format!(
            "SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0; \
             SET LOCAL lock_timeout = {}",
            self.longest_wait_to_read().as_millis()
        );
        let level = Some(IsolationLevel::RepeatableRead);
        let mode = Some(AccessMode::ReadOnly);
        let begun = self.connections.begin_with_config(level, mode);
        let transaction = within(self.bounds.query, begun).await.flatten()?;
        let prepared = async {
            transaction.execute_unprepared(&timeouts).await?;
            work.is_done_by(&transaction).await
        };
        within(self.bounds.step, prepared).await.flatten()?;
        Ok(transaction)
    }

    pub(in crate::adapters::database) fn longest_wait_to_read(&self) -> Duration {
        READ_WAIT.min(self.limits.migration_wait)
    }

    /// Who lets nobody read a table, in words for operators.
    pub(in crate::adapters::database) async fn who_keeps_tables(&self) -> String {
        in_words(keeper_of_tables(self.reader()).await)
    }
}

/// For operators.
fn in_words(holder: Result<Option<String>, DbErr>) -> String {
    match holder {
        Ok(Some(holder)) => holder,
        Ok(None) => "none any more".to_owned(),
        Err(error) => format!("unknown: {error}"),
    }
}
