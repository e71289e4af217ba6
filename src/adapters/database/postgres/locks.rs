//! Locks that are no row's: they end with the transaction that took them
//! (PostgreSQL's advisory locks). SQLite needs none, for it has one writer.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

/// What tells Signet's locks from those of other programs in the database.
const SIGNET: i32 = 0x5367_6e74;

/// A rule that several rows have a part in.
#[derive(Clone, Copy, Debug)]
pub(in crate::adapters::database) enum Lock {
    Migrations = 1,
    Keys = 2,
    /// That someone is left who can administer the server.
    Admins = 3,
    /// Imports meet the same names in orders of their own.
    Imports = 4,
}

/// Waits until no other transaction holds the lock.
pub(in crate::adapters::database) async fn take(
    transaction: &impl ConnectionTrait,
    lock: Lock,
) -> Result<(), DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let statement = of(lock, "SELECT pg_advisory_xact_lock($1, $2)");
    transaction.execute_raw(statement).await.map(drop)
}

/// Waits for nobody: false where another transaction holds the lock.
pub(super) async fn take_if_free(
    transaction: &DatabaseTransaction,
    lock: Lock,
) -> Result<bool, DbErr> {
    let statement = of(lock, "SELECT pg_try_advisory_xact_lock($1, $2)");
    let row = transaction.query_one_raw(statement).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
}

/// What operators are told of a connection.
const WHO: &str = "SELECT format('pid %s, application %s, from %s, since %s', held.pid, \
                   COALESCE(NULLIF(application_name, ''), 'unknown'), \
                   CASE WHEN xact_start IS NULL THEN 'somewhere that this role may not see' \
                   ELSE COALESCE(host(client_addr), 'a local socket') END, \
                   COALESCE(date_trunc('second', xact_start)::text, 'some time')) \
                   FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)";

/// Whose connection holds the lock, in words for operators.
pub(super) async fn holder(
    connection: &impl ConnectionTrait,
    lock: Lock,
) -> Result<Option<String>, DbErr> {
    // PostgreSQL's manual, section 54.12, says how such a lock is listed.
    let sql = format!(
        "{WHO} WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
         AND classid::bigint = $1 AND objid::bigint = $2 \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    let values = [i64::from(SIGNET).into(), (lock as i64).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = connection.query_one_raw(statement).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// Whose connection has used one of Signet's tables for the longest, in words for
/// operators.
pub(super) async fn user_of_tables(
    connection: &impl ConnectionTrait,
) -> Result<Option<String>, DbErr> {
    longest(connection, "true").await
}

/// The same of one that lets nobody read meanwhile.
pub(super) async fn keeper_of_tables(
    connection: &impl ConnectionTrait,
) -> Result<Option<String>, DbErr> {
    longest(connection, "mode = 'AccessExclusiveLock'").await
}

async fn longest(
    connection: &impl ConnectionTrait,
    held: &'static str,
) -> Result<Option<String>, DbErr> {
    let sql = format!(
        "{WHO} WHERE {held} AND locktype = 'relation' AND granted \
         AND held.pid <> pg_backend_pid() \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND relation IN (SELECT pg_class.oid FROM pg_class JOIN pg_namespace AS schema \
         ON schema.oid = relnamespace WHERE nspname = current_schema() AND relkind = 'r') \
         ORDER BY xact_start LIMIT 1"
    );
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = connection.query_one_raw(statement).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

fn of(lock: Lock, sql: &str) -> Statement {
    let values = [SIGNET.into(), (lock as i32).into()];
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
