//! A migration changes tables that others use meanwhile.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use signet::adapters::database::{Database, PostgresLimits, SchemaError, migrate};

use crate::support::postgres::{PostgresDatabase, limits, open};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a version left that had applied so many migrations. The next one changes
/// `users`.
const EARLIER: (usize, &str) = (13, include_str!("../earlier_schemas/postgres/13.sql"));

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

/// An earlier version's database, and a connection that reads in it for a long time.
async fn read_by_another() -> Option<(String, DatabaseConnection)> {
    let url = PostgresDatabase::empty().await?;
    let filling = connect(&url).await;
    filling.execute_unprepared(EARLIER.1).await.unwrap();
    filling.close().await.unwrap();
    let other = connect(&url).await;
    let read = "BEGIN; LOCK TABLE public.users IN ACCESS SHARE MODE";
    other.execute_unprepared(read).await.unwrap();
    Some((url, other))
}

async fn number(connection: &DatabaseConnection, sql: &str) -> i64 {
    let query = Statement::from_string(DbBackend::Postgres, sql);
    let row = connection.query_one_raw(query).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_for_long_holds_up_a_migration_and_no_other_reader() {
    let Some((url, other)) = read_by_another().await else {
        return;
    };
    let database = open(&url).await;
    let migrating = tokio::spawn(async move { migrate(&database).await });
    let reader = connect(&url).await;
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted \
                   AND relation = to_regclass('public.users') AND database = \
                   (SELECT oid FROM pg_database WHERE datname = current_database())";
    let waits = async {
        while number(&reader, waiting).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let counted = number(&reader, "SELECT COUNT(*) FROM public.users");
    assert!(tokio::time::timeout(PATIENCE, counted).await.unwrap() > 0);
    other.execute_unprepared("ROLLBACK").await.unwrap();
    let applied = migrating.await.unwrap().unwrap();
    assert_eq!(applied, Migrator::migrations().len() - EARLIER.0);
}

#[tokio::test]
async fn a_migration_that_waits_too_long_for_a_table_says_who_uses_it() {
    let Some((url, other)) = read_by_another().await else {
        return;
    };
    let limits = PostgresLimits {
        migration_wait: Duration::from_millis(100),
        ..limits()
    };
    let database = Database::open_postgres(&url.parse().unwrap(), limits).await;
    let database = database.unwrap();
    let error = migrate(&database).await.unwrap_err();
    assert!(matches!(error, SchemaError::InUse { .. }), "{error}");
    let pid = number(&other, "SELECT pg_backend_pid()::bigint").await;
    let words = format!("pid {pid}, ");
    assert!(error.to_string().contains(&words), "{words} in {error}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    migrate(&database).await.unwrap();
}
