use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use signet::adapters::database::{Database, PoolState, migrate};
use tempfile::TempDir;

/// A SQLite database of its own, and a second way into it behind the adapters' back.
pub struct TestDatabase {
    pub database: Database,
    pub dir: TempDir,
}

impl TestDatabase {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signet.db");
        std::fs::File::create(&path).unwrap();
        let database = Database::open_sqlite(&path).await.unwrap();
        migrate(&database).await.unwrap();
        Self { database, dir }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("signet.db")
    }

    /// The connection that writes.
    pub fn writer(&self) -> PoolState {
        let pools = self.database.pools();
        let writer = pools.into_iter().find(|pool| pool.name == "writer");
        writer.unwrap()
    }

    pub async fn execute(&self, sql: &str) {
        execute(&self.path(), sql).await;
    }

    /// The rows of a query as texts; NULL is "NULL".
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        rows(&self.path(), sql).await
    }
}

pub async fn connect(path: &Path) -> DatabaseConnection {
    sea_orm::Database::connect(format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}

pub async fn execute(path: &Path, sql: &str) {
    let connection = connect(path).await;
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

pub async fn rows(path: &Path, sql: &str) -> Vec<Vec<String>> {
    rows_of(connect(path).await, sql).await
}

/// Closes the connection, too.
pub async fn rows_of(connection: DatabaseConnection, sql: &str) -> Vec<Vec<String>> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let texts = rows
        .iter()
        .map(|row| {
            let columns = row.column_names().len();
            (0..columns)
                .map(|column| {
                    row.try_get_by_index::<Option<String>>(column)
                        .map(|text| text.unwrap_or_else(|| "NULL".to_owned()))
                        .or_else(|_| {
                            row.try_get_by_index::<i64>(column)
                                .map(|number| number.to_string())
                        })
                        .unwrap()
                })
                .collect()
        })
        .collect();
    connection.close().await.unwrap();
    texts
}
