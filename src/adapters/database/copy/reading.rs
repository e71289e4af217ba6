use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{
    CopyError, ROWS_AT_ONCE,
    tables::{Row, Table},
};
use crate::adapters::database::transaction::Transaction;

/// Reads a table in batches, in whatever order is the database's own: SQLite's
/// rowid, a cursor in PostgreSQL. The order of a key may depend on its language.
pub(super) struct Reading<'a> {
    transaction: &'a Transaction,
    table: &'a Table,
    /// The last rowid, in SQLite.
    after: i64,
}

impl<'a> Reading<'a> {
    pub(super) async fn begin(
        transaction: &'a Transaction,
        table: &'a Table,
    ) -> Result<Self, CopyError> {
        let reading = Self {
            transaction,
            table,
            after: i64::MIN,
        };
        if reading.has_cursor() {
            let (name, columns) = (table.name, table.column_list());
            let sql =
                format!("DECLARE copy_{name} NO SCROLL CURSOR FOR SELECT {columns} FROM {name}");
            reading.execute(&sql).await?;
        }
        Ok(reading)
    }

    /// The next rows, none at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Row>, CopyError> {
        self.try_next().await.map_err(|error| self.unread(error))
    }

    pub(super) async fn end(self) -> Result<(), CopyError> {
        if self.has_cursor() {
            self.execute(&format!("CLOSE copy_{}", self.table.name))
                .await?;
        }
        Ok(())
    }

    async fn try_next(&mut self) -> Result<Vec<Row>, DbErr> {
        let (name, columns) = (self.table.name, self.table.column_list());
        let backend = self.transaction.get_database_backend();
        let statement = if self.has_cursor() {
            let sql = format!("FETCH {ROWS_AT_ONCE} FROM copy_{name}");
            Statement::from_string(backend, sql)
        } else {
            let sql = format!(
                "SELECT rowid AS row_number, {columns} FROM {name} WHERE rowid > ? \
                 ORDER BY rowid LIMIT {ROWS_AT_ONCE}"
            );
            Statement::from_sql_and_values(backend, sql, [self.after.into()])
        };
        let results = self.transaction.query_all_raw(statement).await?;
        if let Some(last) = results.last().filter(|_| !self.has_cursor()) {
            self.after = last.try_get("", "row_number")?;
        }
        results
            .iter()
            .map(|result| self.table.row(result))
            .collect()
    }

    fn has_cursor(&self) -> bool {
        self.transaction.get_database_backend() == DbBackend::Postgres
    }

    async fn execute(&self, sql: &str) -> Result<(), CopyError> {
        let executed = self.transaction.execute_unprepared(sql).await;
        executed.map(drop).map_err(|error| self.unread(error))
    }

    fn unread(&self, error: DbErr) -> CopyError {
        let table = self.table.name;
        CopyError::Unread { table, error }
    }
}
