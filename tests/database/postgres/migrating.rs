use migration::{Migrator, MigratorTrait};
use signet::adapters::database::{SchemaError, check_schema, migrate};
use tokio::task::JoinSet;

use crate::support::postgres::{PostgresDatabase, open};

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_that_start_at_once_on_an_empty_database_one_migrates() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let mut starts = JoinSet::new();
    for _ in 0..10 {
        let url = url.clone();
        starts.spawn(async move {
            let database = open(&url).await;
            let applied = migrate(&database).await.unwrap();
            check_schema(&database).await.unwrap();
            applied
        });
    }
    let mut applied = starts.join_all().await;
    applied.sort_unstable();
    assert_eq!(applied.pop(), Some(Migrator::migrations().len()));
    assert_eq!(applied, [0; 9]);
}

#[tokio::test]
async fn a_missing_migration_is_told_where_migrating_is_off() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let error = check_schema(&open(&url).await).await.unwrap_err();
    assert!(matches!(error, SchemaError::Pending(_)), "{error}");
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused_and_left_alone() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let newer = "m29990101_000001_later";
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES";
    test.execute(&format!("{sql} ('{newer}', 0)")).await;
    for result in [
        migrate(&test.database).await.map(drop),
        check_schema(&test.database).await,
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, SchemaError::Newer(_)));
        assert!(error.to_string().contains(newer), "{error}");
    }
}

#[tokio::test]
async fn names_are_ordered_by_their_bytes() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let sql = "SELECT collation_name::text FROM information_schema.columns \
               WHERE table_name = 'users' AND column_name IN \
               ('id', 'username_folded', 'email_folded')";
    assert_eq!(test.rows(sql).await, [["C"], ["C"], ["C"]]);
}
