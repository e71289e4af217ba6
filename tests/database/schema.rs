use signet::adapters::database::{Database, SchemaError, check_schema, migrate};

use crate::support::database::TestDatabase;

#[tokio::test]
async fn a_second_migration_finds_nothing_to_do() {
    let test = TestDatabase::new().await;
    assert_eq!(migrate(&test.database).await.unwrap(), 0);
    check_schema(&test.database).await.unwrap();
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused_and_left_alone() {
    let test = TestDatabase::new().await;
    let newer = "m29990101_000001_later";
    test.execute(&format!(
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('{newer}', 0)"
    ))
    .await;
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
async fn a_missing_migration_is_told_where_migrating_is_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("empty.db");
    std::fs::File::create(&path).unwrap();
    let database = Database::open_sqlite(&path).await.unwrap();
    let error = check_schema(&database).await.unwrap_err();
    assert!(matches!(error, SchemaError::Pending(_)));
    assert!(error.to_string().contains("signet migrate"), "{error}");
}
