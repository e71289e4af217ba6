use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sea_query::{Alias, Expr, Query},
};

use super::{
    CopyError,
    source::Source,
    tables::{Row, Table},
};
use crate::adapters::database::{
    Database, SchemaError,
    migrating::{Filling, migrate_to_fill},
    postgres::{LongWork, is_locked},
    transaction::Transaction,
};

/// The one transaction in which a database is filled.
pub(super) struct Target(Filling);

impl Target {
    /// Refuses a database that holds a row, and keeps everyone out of the tables.
    pub(super) async fn begin(
        database: &Database,
        tables: &[Table],
        work: &LongWork,
    ) -> Result<Self, CopyError> {
        let filling = migrate_to_fill(database, work).await;
        let target = Self(filling.map_err(CopyError::TargetSchema)?);
        if target.is_postgres() {
            target.lock(tables).await?;
        }
        let mut filled = Vec::new();
        for table in tables {
            let sql = format!("SELECT 1 FROM {} LIMIT 1", table.name);
            let found = target.transaction().query_one_raw(target.plain(&sql)).await;
            if found.map_err(target_failed)?.is_some() {
                filled.push(table.name);
            }
        }
        if filled.is_empty() {
            Ok(target)
        } else {
            Err(CopyError::TargetNotEmpty(filled))
        }
    }

    pub(super) fn transaction(&self) -> &Transaction {
        &self.0.transaction
    }

    /// A server that does not migrate at its start sees empty tables until the
    /// end, and would make keys of its own. The wait is for what has begun, and
    /// would never end where the source is the same database.
    async fn lock(&self, tables: &[Table]) -> Result<(), CopyError> {
        let names: Vec<_> = tables.iter().map(|table| table.name).collect();
        let sql = format!(
            "SET LOCAL lock_timeout = '5s'; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; \
             SET LOCAL lock_timeout = 0",
            names.join(", ")
        );
        match self.transaction().execute_unprepared(&sql).await {
            Ok(_) => Ok(()),
            Err(error) if is_locked(&error) => Err(CopyError::TargetInUse),
            Err(error) => Err(target_failed(error)),
        }
    }

    pub(super) async fn insert(&self, table: &Table, rows: Vec<Row>) -> Result<(), CopyError> {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(table.name))
            .columns(table.columns.iter().map(|column| Alias::new(*column)));
        for row in rows {
            let values = insert.values(row.into_iter().map(Expr::val));
            values.map_err(|error| unwritten(table, DbErr::Type(error.to_string())))?;
        }
        let inserted = self.transaction().execute(&insert).await;
        inserted.map(drop).map_err(|error| unwritten(table, error))
    }

    /// Lets the database number the next rows behind those of the source.
    pub(super) async fn continue_numbers(
        &self,
        table: &Table,
        source: &Source<'_>,
    ) -> Result<(), CopyError> {
        if !table.numbered {
            return Ok(());
        }
        let given = source.last_number(table).await?.unwrap_or_default();
        let name = table.name;
        let highest = format!("SELECT MAX(id) FROM {name}");
        let row = self.transaction().query_one_raw(self.plain(&highest)).await;
        let row = row.map_err(|error| unwritten(table, error))?;
        let highest = row.map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(0));
        let highest = highest.map_err(|error| unwritten(table, error))?;
        let last = given.max(highest.unwrap_or_default());
        if last < 1 {
            return Ok(());
        }
        let statements = if self.is_postgres() {
            vec![format!(
                "SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})"
            )]
        } else {
            vec![
                format!("DELETE FROM sqlite_sequence WHERE name = '{name}'"),
                format!("INSERT INTO sqlite_sequence (name, seq) VALUES ('{name}', {last})"),
            ]
        };
        for sql in statements {
            let executed = self.transaction().execute_raw(self.plain(&sql)).await;
            executed.map_err(|error| unwritten(table, error))?;
        }
        Ok(())
    }

    /// PostgreSQL plans its queries by what it knows of the tables, which is
    /// nothing until it has looked at them.
    pub(super) async fn commit(self, tables: &[Table]) -> Result<(), CopyError> {
        if self.is_postgres() {
            for table in tables {
                let sql = format!("ANALYZE {}", table.name);
                let analyzed = self.transaction().execute_unprepared(&sql).await;
                analyzed.map_err(|error| unwritten(table, error))?;
            }
        }
        let committed = self.0.transaction.commit().await;
        committed.map_err(CopyError::Uncommitted)
    }

    fn is_postgres(&self) -> bool {
        self.transaction().get_database_backend() == DbBackend::Postgres
    }

    fn plain(&self, sql: &str) -> Statement {
        Statement::from_string(self.transaction().get_database_backend(), sql)
    }
}

fn target_failed(error: DbErr) -> CopyError {
    CopyError::TargetSchema(SchemaError::Unavailable(error))
}

fn unwritten(table: &Table, error: DbErr) -> CopyError {
    let table = table.name;
    CopyError::Unwritten { table, error }
}
