//! Deleting rows whose time is over.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, QueryTrait, Statement,
    sea_query::{DeleteStatement, SelectStatement},
};

use super::{Database, error::unavailable, transaction::Transaction, write_step::WriteStep};
use crate::ports::StorageError;

/// Deletes what is over if there is `any` such row, and answers how many there were.
pub(super) async fn purge(
    database: &Database,
    any: &SelectStatement,
    delete: impl QueryTrait<QueryStatement = DeleteStatement>,
) -> Result<u64, StorageError> {
    let backend = database.reader().get_database_backend();
    let (any, delete) = (backend.build(any), delete.build(backend));
    purge_by_statements(database, any, delete).await
}

/// Mostly there is nothing, and who only looks takes no lock from the writes, nor, on SQLite,
/// opens the connection that writes.
pub(super) async fn purge_by_statements(
    database: &Database,
    any: Statement,
    delete: Statement,
) -> Result<u64, StorageError> {
    let found = database.reader().query_one_raw(any).await;
    if found.map_err(unavailable)?.is_none() {
        return Ok(0);
    }
    database.write(Purge(delete)).await
}

#[derive(Clone)]
struct Purge(Statement);

#[async_trait]
impl WriteStep for Purge {
    type Output = u64;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<u64, StorageError> {
        let deleted = transaction.execute_raw(self.0).await;
        Ok(deleted.map_err(unavailable)?.rows_affected())
    }
}
