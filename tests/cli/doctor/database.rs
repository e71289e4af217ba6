use std::fs;

use super::{assert_holds, database_of, doctor, only, served};
use crate::support::{
    database,
    process::{run, text},
};

#[test]
fn a_missing_database_fails_and_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    let path = database_of(&dir).display().to_string();
    let line = only(&output, "FAIL");
    assert_holds(&line, &[&path, "does not exist", "run `signet migrate`"]);
    assert!(text(&output.stderr).contains("checks failed"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_pending_migration_fails() {
    let dir = served();
    let path = database_of(&dir);
    for sql in [
        "DROP TABLE auth_logs",
        "DELETE FROM seaql_migrations WHERE version LIKE '%auth_logs'",
    ] {
        database::execute(&path, sql).await;
    }
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    let line = only(&output, "FAIL");
    assert_holds(&line, &["migrations", "auth_logs", "run `signet migrate`"]);
}

#[tokio::test]
async fn the_schema_of_a_newer_signet_fails() {
    let dir = served();
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2999_later', 0)";
    database::execute(&database_of(&dir), later).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["migrations", "m2999_later"]);
}

#[test]
fn what_is_no_database_fails() {
    let dir = served();
    fs::write(database_of(&dir), "no database at all".repeat(100)).unwrap();
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["not a database"]);
}
