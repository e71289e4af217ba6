use std::collections::BTreeMap;

use serde_json::Value;

use super::{ANOTHER_KEY, assert_holds, count, doctor, lines, served};
use crate::support::process::{MASTER_KEY, RunningServer, run, signet, text};

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
        " verifications/s, more than logins/s, and ",
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
