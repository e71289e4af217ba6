use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use migration::{Migrator, MigratorTrait};

use super::{DATABASE, a_backup, assert_done, assert_refused, backup, command, names, served};
use crate::support::{
    database::{connect, execute, rows},
    process::{run, signet, text},
};

#[test]
fn a_backup_is_for_its_owner_alone_and_says_that_the_master_key_is_not_in_it() {
    let dir = served();
    let file = dir.path().join("backup.db");
    let output = backup(dir.path(), &file);
    assert_done(&output);
    let said = text(&output.stdout);
    assert!(said.contains("its 3 private keys open"), "{said}");
    assert!(said.contains("The master key is not in it"), "{said}");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(names(dir.path()), ["backup.db", "data", "stdout"]);
}

#[test]
fn a_backup_replaces_nothing() {
    let dir = served();
    let file = dir.path().join("backup.db");
    fs::write(&file, "dear to someone").unwrap();
    assert_refused(&backup(dir.path(), &file), 1, &["replaces nothing"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "dear to someone");
}

#[test]
fn a_backup_that_another_process_is_writing_is_left_to_it() {
    let dir = served();
    let file = dir.path().join("backup.db");
    let partial = dir.path().join("backup.db.partial");
    let written = File::create(&partial).unwrap();
    written.lock().unwrap();
    assert_refused(&backup(dir.path(), &file), 1, &["backup.db.partial"]);
    assert!(partial.exists() && !file.exists());
}

#[test]
fn a_database_whose_keys_do_not_open_is_not_taken_for_backed_up() {
    let dir = served();
    let file = dir.path().join("backup.db");
    let mut backup = command(dir.path(), "backup", &file);
    let output = run(backup.env("NOT_MY_KEY", "another master key of 32 bytes!!"));
    assert_refused(&output, 2, &["no backup was made", "does not open"]);
    assert_eq!(names(dir.path()), ["data", "stdout"]);
}

#[test]
fn a_database_that_is_not_there_is_not_made_by_a_backup() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backup.db");
    assert_refused(&backup(dir.path(), &file), 2, &[DATABASE]);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_backup_of_postgresql_is_left_to_its_own_tools() {
    let dir = tempfile::tempdir().unwrap();
    for (name, tool) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let mut command = command(dir.path(), name, Path::new("backup.db"));
        let output = run(command.env(
            "SIGNET_DATABASE_URL",
            "postgres://signet@127.0.0.1:1/signet",
        ));
        assert_refused(&output, 1, &[tool]);
    }
}

#[tokio::test]
async fn a_row_that_belongs_to_none_is_found_by_a_backup() {
    let dir = served();
    let orphan = "PRAGMA foreign_keys = OFF; \
                  INSERT INTO user_roles (role, date_registered, user_id) VALUES ('admin', '2026-01-01T00:00:00+00:00', 'nobody')";
    execute(&dir.path().join(DATABASE), orphan).await;
    let output = backup(dir.path(), &dir.path().join("backup.db"));
    assert_refused(&output, 3, &["no backup was made", "user_roles", "users"]);
}

/// The database as an older version left it: the last migrations are missing.
async fn of_an_older_version(dir: &Path) {
    fs::create_dir(dir.join("data")).unwrap();
    let path = dir.join(DATABASE);
    File::create(&path).unwrap();
    let connection = connect(&path).await;
    let steps = u32::try_from(Migrator::migrations().len() - 2).unwrap();
    Migrator::up(&connection, Some(steps)).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_backup_before_an_upgrade_keeps_the_older_schema_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    of_an_older_version(dir.path()).await;
    let file = dir.path().join("backup.db");
    let output = backup(dir.path(), &file);
    assert_done(&output);
    let said = text(&output.stdout);
    assert!(said.contains("schema is older"), "{said}");
    assert_eq!(names(dir.path()), ["backup.db", "data"]);
    let count = "SELECT count(*) FROM seaql_migrations";
    let steps = (Migrator::migrations().len() - 2).to_string();
    assert_eq!(rows(&file, count).await, [[steps]]);
}

#[test]
fn a_backup_wants_the_master_key() {
    let (dir, _) = a_backup();
    let mut without = signet(dir.path());
    let output = run(without.args(["backup", "another.db"]));
    assert_refused(&output, 2, &["NOT_MY_KEY"]);
}
