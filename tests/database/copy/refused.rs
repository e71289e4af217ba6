//! What is not copied, and leaves the target without a row.

use signet::adapters::database::{CopyError, SchemaError, migrate};

use super::{copied, empty_file, filled::filled, source};
use crate::support::{
    database::{TestDatabase, execute, rows},
    postgres::PostgresDatabase,
};

async fn users(test: &PostgresDatabase) -> String {
    test.rows("SELECT COUNT(*) FROM users")
        .await
        .concat()
        .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_with_a_row_is_refused_and_stays_as_it_is() {
    let store = filled().await;
    let source = source(&store.database().path()).await;
    let (file, dir) = empty_file().await;
    migrate(&file).await.unwrap();
    let path = dir.path().join("signet.db");
    let insert =
        "INSERT INTO revoked_tokens (jti, expires_at) VALUES ('token', '2026-01-01 00:00:00Z')";
    execute(&path, insert).await;
    let mut targets = vec![file];
    let postgres = PostgresDatabase::new().await;
    if let Some(postgres) = &postgres {
        postgres.execute(insert).await;
        targets.push(postgres.database.clone());
    }
    for target in targets {
        let error = copied(&source, &target).await.unwrap_err();
        assert!(error.is_refusal());
        assert!(error.to_string().contains("(in revoked_tokens)"), "{error}");
    }
    assert_eq!(rows(&path, "SELECT COUNT(*) FROM users").await, [["0"]]);
    if let Some(postgres) = &postgres {
        assert_eq!(users(postgres).await, "0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_in_the_target_is_found_and_nothing_stays_there() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    target
        .execute(
            "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF NEW.username = 'grace' THEN NEW.password_hash := NEW.password_hash || ' '; END IF; \
             RETURN NEW; END $$; \
             CREATE TRIGGER change BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION change()",
        )
        .await;
    let store = filled().await;
    let source = source(&store.database().path()).await;
    let error = copied(&source, &target.database).await.unwrap_err();
    assert!(!error.is_refusal());
    let CopyError::Different { written, there } = error else {
        panic!("{error}");
    };
    assert_eq!(written.name, "users");
    assert_eq!(written.rows, there.rows);
    assert_ne!(written.checksum, there.checksum);
    assert_eq!(users(&target).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_target_swallows_is_missed() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    target
        .execute("CREATE RULE swallow AS ON INSERT TO invites DO INSTEAD NOTHING")
        .await;
    let store = filled().await;
    let source = source(&store.database().path()).await;
    let error = copied(&source, &target.database).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("invites was read back as 0 rows"),
        "{error}"
    );
    assert_eq!(users(&target).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_target_does_not_take_is_told_by_its_table() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    let test = TestDatabase::new().await;
    // SQLite keeps it, and PostgreSQL's column is shorter.
    let jti = "x".repeat(40);
    test.execute(&format!(
        "INSERT INTO revoked_tokens (jti, expires_at) \
         VALUES ('{jti}', '2026-01-01T00:00:00+00:00')"
    ))
    .await;
    let error = copied(&source(&test.path()).await, &target.database).await;
    let error = error.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("cannot write the table revoked_tokens"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_an_older_schema_is_refused_with_what_to_do() {
    let (target, _dir) = empty_file().await;
    let test = TestDatabase::new().await;
    test.execute("DELETE FROM seaql_migrations WHERE version LIKE '%_order_bytewise'")
        .await;
    let error = copied(&source(&test.path()).await, &target)
        .await
        .unwrap_err();
    assert!(error.is_refusal());
    let message = error.to_string();
    assert!(
        message.contains("order_bytewise") && message.contains("signet migrate"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_on_either_side() {
    let (test, other) = (TestDatabase::new().await, TestDatabase::new().await);
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2999', 0)";
    test.execute(newer).await;
    let error = copied(&source(&test.path()).await, &other.database).await;
    assert!(matches!(
        error,
        Err(CopyError::SourceSchema(SchemaError::Newer(_)))
    ));
    let error = copied(&source(&other.path()).await, &test.database).await;
    assert!(matches!(
        error,
        Err(CopyError::TargetSchema(SchemaError::Newer(_)))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_of_signet_is_no_source() {
    let (target, _dir) = empty_file().await;
    let (other, dir) = empty_file().await;
    other.close().await.unwrap();
    let error = copied(&source(&dir.path().join("signet.db")).await, &target).await;
    assert!(matches!(error, Err(CopyError::SourceForeign)));
}
