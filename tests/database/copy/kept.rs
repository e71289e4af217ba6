//! A source in PostgreSQL of which others keep a table for themselves.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use signet::adapters::database::{CopyError, Database, PostgresLimits, check_source};

use super::source_behind_a_proxy;
use crate::support::{
    postgres::{PostgresDatabase, limits},
    postgres_proxy::Way,
};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

async fn keeper(test: &PostgresDatabase, table: &str) -> DatabaseConnection {
    let other = test.server.connect(&test.name).await;
    let keep = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
    other.execute_unprepared(&keep).await.unwrap();
    other
}

#[tokio::test]
async fn a_source_whose_tables_are_kept_is_refused_and_who_keeps_them_is_told() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let limits = PostgresLimits {
        migration_wait: Duration::from_millis(100),
        ..limits()
    };
    let source = Database::open_postgres_read_only(&test.url().parse().unwrap(), limits).await;
    let source = source.unwrap();
    for table in ["seaql_migrations", "users"] {
        let other = keeper(&test, table).await;
        let checked = tokio::time::timeout(PATIENCE, check_source(&source)).await;
        let error = checked.unwrap().unwrap_err();
        assert!(matches!(error, CopyError::SourceInUse { .. }), "{error}");
        assert!(error.is_refusal());
        let pid = "SELECT pg_backend_pid()";
        let pid = Statement::from_string(DbBackend::Postgres, pid);
        let pid = other.query_one_raw(pid).await;
        let pid = pid.unwrap().unwrap();
        let pid: i32 = pid.try_get_by_index(0).unwrap();
        let words = format!("pid {pid}, ");
        assert!(error.to_string().contains(&words), "{words} in {error}");
        other.execute_unprepared("ROLLBACK").await.unwrap();
        check_source(&source).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_falls_silent_while_it_is_looked_at_is_given_up() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let (source, proxy) = source_behind_a_proxy(&test).await;
    let other = keeper(&test, "seaql_migrations").await;
    let checking = tokio::spawn(async move { check_source(&source).await });
    let waiting = "SELECT 1::text FROM pg_locks WHERE NOT granted AND \
                   relation = to_regclass('seaql_migrations') AND database = \
                   (SELECT oid FROM pg_database WHERE datname = current_database())";
    let waits = async {
        while test.rows(waiting).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    proxy.go(Way::Silent);
    let checked = tokio::time::timeout(PATIENCE, checking).await.unwrap();
    let error = checked.unwrap().unwrap_err();
    assert!(matches!(error, CopyError::Silent(_)), "{error}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
}
