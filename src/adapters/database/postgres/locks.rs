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
    transaction: &DatabaseTransaction,
    lock: Lock,
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "SELECT pg_advisory_xact_lock($1, $2)";
    let values = [SIGNET.into(), (lock as i32).into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    transaction.execute_raw(statement).await.map(drop)
}
