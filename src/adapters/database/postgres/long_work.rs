//! Work of any length: no timeout says that nobody does it any more.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement,
    sqlx::{self, Connection, PgConnection, postgres::PgConnectOptions},
};
use tokio::time::{sleep, timeout};

use super::{
    Postgres,
    failure::is_server_answer,
    opening::{error_of, open, options},
};

/// After how many bad answers in a row it is given up. The first may have come
/// just before the work's own error, which says more.
const BAD_ANSWERS: u32 = 2;

const SILENT: &str = "PostgreSQL does not answer any more";
const GONE: &str = "PostgreSQL answers, and the process of it that did the work is gone: the \
                    connection was lost, or its address leads to another server now";

/// PostgreSQL looks at its socket when it is done with a statement, and otherwise when
/// it is asked to: of this work a statement may take long, or wait for a lock while it
/// holds others. Only from version 14 on, and not on every system, it can be asked.
const LOOK_AT_SOCKET: &str = "DO $$ BEGIN \
     PERFORM set_config('client_connection_check_interval', '5s', true); \
     EXCEPTION WHEN undefined_object OR invalid_parameter_value THEN NULL; END $$";

/// A long work, by the process of PostgreSQL that does it, once there is one.
#[derive(Debug, Default)]
pub(in crate::adapters::database) struct LongWork(Mutex<Option<Process>>);

/// Its number, and since when it has it: a number is given again. PostgreSQL hides
/// the time from a role that may not act as the one that logged in, which `SET role`
/// leads to: the number alone says then which process it is.
#[derive(Clone, Debug)]
struct Process {
    pid: i32,
    since: Option<String>,
}

impl LongWork {
    /// From now on the transaction's connection does it.
    pub(super) async fn is_done_by(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        transaction.execute_unprepared(LOOK_AT_SOCKET).await?;
        let sql = "SELECT pid, EXTRACT(EPOCH FROM backend_start)::text FROM pg_stat_activity \
                   WHERE pid = pg_backend_pid()";
        let query = Statement::from_string(DbBackend::Postgres, sql);
        let row = transaction.query_one_raw(query).await?;
        let process = row.map(|row| {
            Ok::<_, DbErr>(Process {
                pid: row.try_get_by_index(0)?,
                since: row.try_get_by_index(1)?,
            })
        });
        *self.process() = process.transpose()?;
        Ok(())
    }

    /// For a while no connection does it.
    pub(in crate::adapters::database) fn rests(&self) {
        *self.process() = None;
    }

    /// Asks on another connection whether the work's process is still there. Where the
    /// way to it is lost this side would never know: its sockets ask for no keepalive.
    async fn goes_on(&self, options: &PgConnectOptions) -> Result<bool, DbErr> {
        let mut other = open(options).await?;
        let goes_on = self.is_known_to(&mut other).await.map_err(error_of)?;
        other.close().await.map_err(error_of)?;
        Ok(goes_on)
    }

    async fn is_known_to(&self, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let Some(Process { pid, since }) = self.process().clone() else {
            return Ok(true);
        };
        let sql = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = $1 \
                   AND COALESCE(EXTRACT(EPOCH FROM backend_start)::text = $2, true))";
        let found = sqlx::query_scalar(sql).bind(pid).bind(since);
        found.fetch_one(other).await
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Postgres {
    /// Does the work, however long it takes, and gives it up when PostgreSQL answers
    /// nobody any more, or does not know the work's connection: each connect timeout
    /// another connection asks.
    pub(in crate::adapters::database) async fn while_it_goes_on<T>(
        &self,
        work: &LongWork,
        doing: impl Future<Output = T>,
    ) -> Result<T, DbErr> {
        let options = options(&self.url, self.limits);
        let pause = self.limits.connect_timeout;
        let ends = async {
            let mut bad_answers = 0;
            loop {
                sleep(pause).await;
                let reason = match timeout(pause, work.goes_on(&options)).await {
                    Ok(Ok(true)) => None,
                    Ok(Ok(false)) => Some(GONE),
                    Ok(Err(error)) if is_server_answer(&error) => None,
                    Ok(Err(_)) | Err(_) => Some(SILENT),
                };
                bad_answers = reason.map_or(0, |_| bad_answers + 1);
                if let Some(reason) = reason.filter(|_| bad_answers == BAD_ANSWERS) {
                    return reason;
                }
            }
        };
        tokio::select! {
            done = doing => Ok(done),
            reason = ends => Err(DbErr::Custom(reason.to_owned())),
        }
    }
}
