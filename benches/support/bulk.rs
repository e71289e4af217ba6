//! Millions of rows in a minute.

use std::{error::Error, fs::File, path::Path};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::stopwatch::Stopwatch;

pub(crate) type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub(crate) async fn connect(path: &Path) -> Done<DatabaseConnection> {
    Ok(sea_orm::Database::connect(format!("sqlite://{}", path.display())).await?)
}

/// The table's indexes that a statement made.
async fn indexes(connection: &DatabaseConnection, table: &str) -> Done<Vec<(String, String)>> {
    let query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND \
                 sql IS NOT NULL";
    let query = Statement::from_sql_and_values(DbBackend::Sqlite, query, [table.into()]);
    let mut found = Vec::new();
    for row in connection.query_all_raw(query).await? {
        found.push((row.try_get("", "name")?, row.try_get("", "sql")?));
    }
    Ok(found)
}

/// Answers what makes them again.
pub(crate) async fn drop_indexes(
    connection: &DatabaseConnection,
    table: &str,
) -> Done<Vec<String>> {
    let mut made = Vec::new();
    for (name, sql) in indexes(connection, table).await? {
        let drop = format!("DROP INDEX {name}");
        connection.execute_unprepared(&drop).await?;
        made.push(sql);
    }
    Ok(made)
}

/// Runs a statement that inserts into the table, and answers how many seconds
/// it took. The table's indexes are made afterwards, which is faster.
pub(crate) async fn insert(path: &Path, table: &str, statement: &str) -> Done<f64> {
    let (time, connection) = (Stopwatch::start(), connect(path).await?);
    let made = drop_indexes(&connection, table).await?;
    for pragma in [
        "journal_mode = OFF",
        "synchronous = OFF",
        "cache_size = -1048576",
    ] {
        let pragma = format!("PRAGMA {pragma}");
        connection.execute_unprepared(&pragma).await?;
    }
    connection.execute_unprepared(statement).await?;
    for sql in made {
        connection.execute_unprepared(&sql).await?;
    }
    let close = "PRAGMA journal_mode = WAL";
    connection.execute_unprepared(close).await?;
    connection.close().await?;
    // Written out now: what is measured next would wait for the disk.
    File::open(path)?.sync_all()?;
    Ok(time.elapsed().as_secs_f64())
}
