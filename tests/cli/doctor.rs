use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    database,
    process::{MASTER_KEY, RunningServer, run, signet, text},
};

const ANOTHER_KEY: &str = "another master key of 32 bytes!!";

/// A folder whose database a server has made and left.
fn served() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    assert!(server.stop().0.success());
    dir
}

fn database_of(dir: &TempDir) -> PathBuf {
    dir.path().join("data/signet.db")
}

fn doctor(dir: &Path) -> Command {
    let mut command = signet(dir);
    command.arg("doctor").env("NOT_MY_KEY", MASTER_KEY);
    command
}

fn lines(output: &Output) -> Vec<String> {
    text(&output.stdout).lines().map(str::to_owned).collect()
}

fn count(lines: &[String], status: &str) -> usize {
    let of_status = lines.iter().filter(|line| line.starts_with(status));
    of_status.count()
}

/// The only line of this status.
fn only(output: &Output, status: &str) -> String {
    let lines = lines(output);
    assert_eq!(count(&lines, status), 1, "{lines:#?}");
    let line = lines.iter().find(|line| line.starts_with(status));
    line.unwrap().clone()
}

fn assert_holds(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "{word} in {line}");
    }
}

/// The files of a folder by name, with mode and content; SQLite's
/// shared-memory index is no data.
fn files(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let paths = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    paths
        .filter(|path| path.is_file() && !path.to_str().unwrap().ends_with("-shm"))
        .map(|path| {
            let mode = path.metadata().unwrap().permissions().mode();
            let content = fs::read(&path).unwrap();
            (path, (mode, content))
        })
        .collect()
}

#[test]
fn a_healthy_server_is_ok_in_every_line() {
    let dir = served();
    let output = run(&mut doctor(dir.path()));
    let lines = lines(&output);
    assert_eq!(count(&lines, "ok  "), lines.len(), "{lines:#?}");
    assert_eq!(output.status.code(), Some(0));
    for check in [
        "configuration: ",
        "master key: given, its id is ",
        "data folder: ",
        "database file: ",
        "database: ",
        "migrations: the schema is up to date",
        "pragmas: journal_mode wal, synchronous FULL, foreign_keys on, busy_timeout 5000 ms, \
         secure_delete on",
        "RS256, active, under master key ",
        "RS256, next, under master key ",
        "signing keys: 1 active, 1 next",
        "publish-ahead: a next key is published 7m 10s before it signs: JWKS max-age 5m + \
         staleness 1m + clock skew 1m + commit delay 10s",
        "rotation: due at ",
        "retention: a retired key stays published 19m 10s",
        "clock: it is ",
        "password hashing: one hash (19456 KiB, iterations 2, parallelism 1) takes ",
        "client address: no proxy is trusted",
    ] {
        assert!(lines.iter().any(|line| line.contains(check)), "{check}");
    }
}

#[test]
fn a_running_server_is_ok_in_every_line() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let output = run(&mut doctor(dir.path()));
    let lines = lines(&output);
    assert_eq!(count(&lines, "ok  "), lines.len(), "{lines:#?}");
    // The database, its write-ahead log and the log's index.
    let files = lines.iter().filter(|line| line.contains("database file"));
    assert_eq!(files.count(), 3);
    server.stop();
}

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
async fn a_wrong_master_key_fails_for_each_key_and_names_the_wanted_one() {
    let dir = served();
    let keys = "SELECT kid, master_key_id FROM keys";
    let rows = database::rows(&database_of(&dir), keys).await;
    let output = run(doctor(dir.path()).env("NOT_MY_KEY", ANOTHER_KEY));
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    assert_eq!(count(&lines, "FAIL"), 2, "{lines:#?}");
    for row in rows {
        let line = lines.iter().find(|line| line.contains(&row[0])).unwrap();
        assert_holds(line, &["FAIL", &row[1], "NOT_MY_KEY_PREVIOUS"]);
    }
}

#[test]
fn without_a_master_key_the_other_checks_still_run() {
    let dir = served();
    let output = run(doctor(dir.path()).env_remove("NOT_MY_KEY"));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["master key", "NOT_MY_KEY"]);
    let lines = lines(&output);
    assert_eq!(count(&lines, "warn  signing key "), 2, "{lines:#?}");
    assert_eq!(count(&lines, "ok    password hashing"), 1);
}

#[test]
fn a_key_under_a_previous_master_key_is_warned_of() {
    let dir = served();
    let mut command = doctor(dir.path());
    command
        .env("NOT_MY_KEY", ANOTHER_KEY)
        .env("NOT_MY_KEY_PREVIOUS", MASTER_KEY);
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(0));
    let lines = lines(&output);
    let warnings: Vec<_> = lines.iter().filter(|l| l.starts_with("warn")).collect();
    assert_eq!(warnings.len(), 2, "{lines:#?}");
    for line in warnings {
        assert_holds(line, &["a previous one", "run `signet master-key rotate`"]);
    }
}

#[tokio::test]
async fn an_altered_key_fails_by_its_kid_and_the_others_are_still_opened() {
    let dir = served();
    let alter = "UPDATE keys SET created_at = '2020-01-01 00:00:00.000000 \
                 +00:00' WHERE state = 'next'";
    database::execute(&database_of(&dir), alter).await;
    let next = "SELECT kid FROM keys WHERE state = 'next'";
    let kid = database::rows(&database_of(&dir), next).await.remove(0);
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &[&kid[0], "altered", "keys revoke"]);
}

#[tokio::test]
async fn a_key_set_without_a_next_key_fails() {
    let dir = served();
    let delete = "DELETE FROM keys WHERE state = 'next'";
    database::execute(&database_of(&dir), delete).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["1 active, 0 next"]);
}

#[test]
fn files_that_others_may_read_fail_with_the_command_that_helps() {
    let dir = served();
    let key_file = dir.path().join("master.key");
    fs::write(&key_file, MASTER_KEY).unwrap();
    let check = || {
        let mut command = doctor(dir.path());
        command
            .env_remove("NOT_MY_KEY")
            .env("NOT_MY_KEY_FILE", &key_file);
        run(&mut command)
    };
    let private = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    private(&key_file, 0o600);
    for path in [&database_of(&dir), &key_file] {
        private(path, 0o644);
        let output = check();
        assert_eq!(output.status.code(), Some(1));
        let file = path.file_name().unwrap().to_str().unwrap();
        assert_holds(
            &only(&output, "FAIL"),
            &[file, "has mode 0644", "chmod 600 "],
        );
        private(path, 0o600);
    }
    private(&dir.path().join("data"), 0o755);
    assert_holds(&only(&check(), "warn"), &["has mode 0755", "chmod 700"]);
    private(&dir.path().join("data"), 0o777);
    assert_holds(&only(&check(), "FAIL"), &["has mode 0777", "chmod 700"]);
    private(&dir.path().join("data"), 0o700);
    private(&key_file, 0o640);
    assert_holds(&only(&check(), "warn"), &["NOT_MY_KEY_FILE", "group"]);
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

#[test]
fn an_invalid_configuration_fails_and_names_the_setting() {
    let dir = served();
    for (variable, value) in [
        ("SIGNET_KEY_BITS", "1024"),
        ("SIGNET_KEY_ROTATION_INTERVAL", "1m"),
        ("SIGNET_LOG", "signet=loud"),
        ("SIGNET_LISTNE", "x"),
    ] {
        let output = run(doctor(dir.path()).env(variable, value));
        assert_eq!(output.status.code(), Some(1));
        assert_holds(&only(&output, "FAIL"), &["configuration", variable]);
    }
}

#[tokio::test]
async fn a_clock_that_runs_behind_a_stored_date_fails() {
    let dir = served();
    let later = "UPDATE keys SET activated_at = '2999-01-01 00:00:00.000000 +00:00' \
                 WHERE state = 'active'";
    database::execute(&database_of(&dir), later).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["clock", "2999-01-01T00:00:00Z"]);
}

#[tokio::test]
async fn a_rotation_that_nobody_carried_out_is_warned_of() {
    let dir = served();
    let earlier = "UPDATE keys SET activated_at = '2020-01-01 00:00:00.000000 +00:00', \
                   published_at = '2020-01-01 00:00:00.000000 +00:00'";
    database::execute(&database_of(&dir), earlier).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(0));
    let line = only(&output, "warn");
    assert_holds(&line, &["rotation", "overdue", "2020-01-31T00:00:00Z"]);
}

#[test]
fn the_client_address_is_shown_by_an_example() {
    let dir = served();
    let show = |proxies: &str, header: &str| {
        let mut command = doctor(dir.path());
        command
            .env("SIGNET_TRUSTED_PROXIES", proxies)
            .env("SIGNET_CLIENT_IP_HEADER", header);
        let lines = lines(&run(&mut command));
        let line = lines.iter().find(|line| line.contains("client address"));
        line.unwrap().clone()
    };
    let example = "from 10.0.0.1 with `X-Forwarded-For: 192.0.2.66, 198.51.100.7` resolves to \
                   198.51.100.7, and the same one from 203.0.113.9 to 203.0.113.9";
    let line = show("10.0.0.0/8", "x-forwarded-for");
    assert!(line.starts_with("ok") && line.contains(example), "{line}");
    let line = show("fd00::7", "forwarded");
    let example = "from fd00::7 with `Forwarded: for=192.0.2.66, for=198.51.100.7` resolves to \
                   198.51.100.7";
    assert!(line.starts_with("ok") && line.contains(example), "{line}");
    let line = show("0.0.0.0/0", "x-forwarded-for");
    assert!(line.starts_with("warn"), "{line}");
}

#[test]
fn json_has_the_same_checks_for_scripts() {
    let dir = served();
    let key = ("NOT_MY_KEY", ANOTHER_KEY);
    let shown = run(doctor(dir.path()).envs([key]));
    let output = run(doctor(dir.path()).arg("--json").envs([key]));
    assert_eq!(output.status.code(), Some(1));
    let checks: Vec<BTreeMap<String, Value>> = serde_json::from_slice(&output.stdout).unwrap();
    let lines = lines(&shown);
    assert_eq!(checks.len(), lines.len());
    for (check, line) in checks.iter().zip(lines) {
        let keys: Vec<_> = check.keys().collect();
        assert_eq!(keys, ["advice", "check", "found", "status"]);
        let status = check["status"].as_str().unwrap();
        assert!(line.starts_with(status), "{line}");
        assert_holds(&line, &[check["check"].as_str().unwrap()]);
        assert_eq!(check["advice"].is_null(), status == "ok");
    }
}

#[test]
fn nothing_is_changed_and_nothing_is_made() {
    let dir = served();
    // With something to correct, too.
    fs::set_permissions(database_of(&dir), Permissions::from_mode(0o644)).unwrap();
    let before = files(&dir.path().join("data"));
    assert_eq!(before.len(), 1);
    run(&mut doctor(dir.path()));
    assert!(files(&dir.path().join("data")) == before);
    assert_eq!(fs::read_dir(dir.path().join("data")).unwrap().count(), 1);
}

#[tokio::test]
async fn the_write_ahead_log_of_a_killed_server_is_read_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    server.register("ada").await.unwrap();
    server.kill();
    let before = files(&dir.path().join("data"));
    assert_eq!(before.len(), 2);
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(files(&dir.path().join("data")) == before);
}

#[test]
fn no_output_holds_a_master_key() {
    let dir = served();
    let mut command = doctor(dir.path());
    command.env("NOT_MY_KEY_PREVIOUS", ANOTHER_KEY);
    for arguments in [&[][..], &["--json"]] {
        let output = run(command.args(arguments));
        let all = text(&output.stdout) + &text(&output.stderr);
        assert!(all.contains("previous master keys"));
        for key in [MASTER_KEY, ANOTHER_KEY] {
            assert!(!all.contains(key), "{all}");
        }
    }
    // Where the key stands in place of a path, too.
    let key = text(&run(signet(dir.path()).arg("keygen")).stdout);
    let mut command = doctor(dir.path());
    command
        .env_remove("NOT_MY_KEY")
        .env("NOT_MY_KEY_FILE", key.trim_end());
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(1));
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(!all.contains(key.trim_end()), "{all}");
}
