use std::{
    fs::{self, File},
    os::unix::fs::{FileExt, PermissionsExt},
};

use super::{DATABASE, a_backup, assert_done, assert_refused, command, names, restore, start};
use crate::support::{
    database::execute,
    process::{run, signet, text},
};

#[tokio::test]
async fn a_restored_database_serves_in_a_private_folder() {
    let (_dir, file) = a_backup();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = restore(elsewhere.path(), &file);
    assert_done(&output);
    let said = text(&output.stdout);
    assert!(said.contains("signet refresh-key revoke"), "{said}");
    let place = elsewhere.path().canonicalize().unwrap().join(DATABASE);
    let place = place.display().to_string();
    assert!(said.starts_with(&place), "{said}");
    let mode = |name: &str| {
        let found = fs::metadata(elsewhere.path().join(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!((mode("data"), mode(DATABASE)), (0o700, 0o600));
    assert_eq!(names(&elsewhere.path().join("data")), ["signet.db"]);
    start(elsewhere.path()).register("ada").await.unwrap();
}

#[test]
fn a_restore_replaces_no_database_and_joins_no_log_of_another() {
    let (_dir, file) = a_backup();
    for name in [
        "signet.db",
        "signet.db-wal",
        "signet.db-shm",
        "signet.db-journal",
    ] {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::create_dir(elsewhere.path().join("data")).unwrap();
        let there = elsewhere.path().join("data").join(name);
        fs::write(&there, "dear to someone").unwrap();
        let output = restore(elsewhere.path(), &file);
        assert_refused(&output, 1, &[name, "replaces nothing"]);
        assert_eq!(fs::read_to_string(&there).unwrap(), "dear to someone");
        assert_eq!(names(&elsewhere.path().join("data")), [name]);
    }
}

#[test]
fn a_backup_with_a_damaged_page_is_not_restored() {
    let (_dir, file) = a_backup();
    let opened = File::options().write(true).open(&file).unwrap();
    let middle = opened.metadata().unwrap().len() / 2 / 4096 * 4096;
    opened.write_all_at(&[0x5a; 4096], middle).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = restore(elsewhere.path(), &file);
    assert_refused(&output, 3, &["backup.db was not restored", "damaged"]);
    assert!(names(&elsewhere.path().join("data")).is_empty());
}

#[test]
fn a_file_that_is_no_database_is_not_restored() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("notes.txt");
    fs::write(
        &file,
        "not a database, and long enough to have a header".repeat(99),
    )
    .unwrap();
    let output = restore(dir.path(), &file);
    assert_refused(&output, 3, &["it is no SQLite database"]);
}

#[tokio::test]
async fn a_database_of_something_else_is_not_restored() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("other.db");
    File::create(&file).unwrap();
    execute(&file, "CREATE TABLE users (name TEXT)").await;
    let output = restore(dir.path(), &file);
    assert_refused(&output, 3, &["not one of Signet's"]);
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_left_to_it() {
    let (_dir, file) = a_backup();
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2999_later', 0)";
    execute(&file, later).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let output = restore(elsewhere.path(), &file);
    assert_refused(&output, 3, &["newer Signet", "m2999_later"]);
    assert!(names(&elsewhere.path().join("data")).is_empty());
}

#[tokio::test]
async fn a_backup_of_an_older_version_is_restored_as_it_is_and_said_to_be_one() {
    let (_dir, file) = a_backup();
    // The last migration changes nothing that could not stand twice.
    let older = "DELETE FROM seaql_migrations WHERE version LIKE '%order_bytewise'";
    execute(&file, older).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let output = restore(elsewhere.path(), &file);
    assert_done(&output);
    let said = text(&output.stdout);
    assert!(said.contains("that of an older version"), "{said}");
    assert_eq!(names(&elsewhere.path().join("data")), ["signet.db"]);
    let migrated = run(signet(elsewhere.path()).arg("migrate"));
    assert!(text(&migrated.stdout).starts_with("1 migrations applied"));
}

#[test]
fn a_backup_whose_keys_do_not_open_is_not_restored() {
    let (_dir, file) = a_backup();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut restore = command(elsewhere.path(), "restore", &file);
    let output = run(restore.env("NOT_MY_KEY", "another master key of 32 bytes!!"));
    assert_refused(&output, 2, &["was not restored", "does not open"]);
    assert!(names(&elsewhere.path().join("data")).is_empty());
}

#[test]
fn a_database_that_was_copied_while_it_was_written_is_not_taken_for_a_backup() {
    let (dir, file) = a_backup();
    fs::write(dir.path().join("backup.db-wal"), "the last minutes").unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = restore(elsewhere.path(), &file);
    assert_refused(&output, 2, &["backup.db-wal", "no backup"]);
}

#[test]
fn a_backup_that_is_not_there_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let output = restore(dir.path(), &dir.path().join("nothing.db"));
    assert_refused(&output, 2, &["cannot read", "nothing.db"]);
}
