//! `signet master-key rotate`.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;

use super::keys::acts;
use crate::support::{
    database,
    process::{MASTER_KEY as OLD, RunningServer, run, signet, text},
};

const NEW: &str = "fedcba9876543210fedcba9876543210";

/// How long a server may take to notice. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

fn command(dir: &Path, current: &str, previous: Option<&str>) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", current)
        .env("SIGNET_KEY_REFRESH", "1s");
    if let Some(previous) = previous {
        command.env("NOT_MY_KEY_PREVIOUS", previous);
    }
    command
}

fn rotation(dir: &Path, current: &str, previous: Option<&str>) -> Command {
    let mut command = command(dir, current, previous);
    command.args(["master-key", "rotate"]);
    command
}

fn start(dir: &Path, current: &str, previous: Option<&str>) -> RunningServer {
    RunningServer::start(&mut command(dir, current, previous))
}

/// A folder whose database holds the keys of a first start.
fn with_keys() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    start(dir.path(), OLD, None).stop();
    dir
}

/// The ids of the master keys that the signing keys want, each once.
fn wanted(dir: &Path) -> Vec<String> {
    let output = run(signet(dir).args(["keys", "list", "--json"]));
    let keys: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ids = keys.iter().filter_map(|key| key["master_key_id"].as_str());
    let mut ids: Vec<_> = ids.map(str::to_owned).collect();
    ids.dedup();
    ids
}

#[test]
fn after_a_rotation_the_new_key_alone_opens_and_the_old_one_does_not() {
    let dir = with_keys();
    let before = wanted(dir.path());
    let output = run(&mut rotation(dir.path(), NEW, Some(OLD)));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("3 data keys re-wrapped"));
    assert!(text(&output.stderr).contains("all running servers"));
    assert_ne!(wanted(dir.path()), before);
    assert!(start(dir.path(), NEW, None).stop().0.success());
    let refused = run(command(dir.path(), OLD, None).arg("serve"));
    assert_eq!(refused.status.code(), Some(2));
}

#[tokio::test]
async fn a_rotation_stands_in_the_audit_log_where_something_was_changed() {
    let dir = with_keys();
    let former = wanted(dir.path()).remove(0);
    // The first lacks a key, and the third finds nothing to do.
    for previous in [None, Some(OLD), Some(OLD)] {
        run(&mut rotation(dir.path(), NEW, previous));
    }
    let new = wanted(dir.path()).remove(0);
    let rotated = ["command_line", "master_key.rotate", &new].map(str::to_owned);
    assert_eq!(acts(dir.path()).await, [rotated]);
    let sql = "SELECT before, after FROM audit_events";
    let told = database::rows(&dir.path().join("data/signet.db"), sql).await;
    let told = &told[0];
    assert!(
        told[0].contains(&former) && told[1].contains(&new),
        "{told:?}"
    );
}

#[test]
fn several_previous_keys_are_taken_from_the_variable_or_from_a_file() {
    let dir = with_keys();
    let former = format!("00112233445566778899aabbccddeeff,{OLD}");
    start(dir.path(), NEW, Some(&former)).stop();
    let file = dir.path().join("former.keys");
    fs::write(&file, former.replace(',', "\n")).unwrap();
    let mut by_file = command(dir.path(), NEW, None);
    by_file.env("NOT_MY_KEY_PREVIOUS_FILE", &file);
    RunningServer::start(&mut by_file).stop();
}

#[test]
fn a_second_rotation_finds_nothing_to_do() {
    let dir = with_keys();
    run(&mut rotation(dir.path(), NEW, Some(OLD)));
    let output = run(&mut rotation(dir.path(), NEW, Some(OLD)));
    assert!(output.status.success());
    assert!(text(&output.stdout).starts_with("0 data keys re-wrapped"));
    assert!(text(&output.stdout).contains("3 already were"));
}

#[test]
fn the_master_key_that_is_missing_is_named_and_nothing_changes() {
    let dir = with_keys();
    let before = wanted(dir.path());
    for previous in [None, Some("another master key of 32 bytes!!")] {
        let output = run(&mut rotation(dir.path(), NEW, previous));
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr);
        assert!(message.contains(&before[0]), "{message}");
        assert!(message.contains("NOT_MY_KEY_PREVIOUS"), "{message}");
        assert_eq!(wanted(dir.path()), before);
    }
}

/// The same of the signing and the refresh keys.
async fn wanted_by_all(dir: &Path) -> Vec<Vec<String>> {
    let sql = "SELECT master_key_id FROM keys UNION SELECT master_key_id FROM refresh_keys";
    database::rows(&dir.join("data/signet.db"), sql).await
}

#[tokio::test]
async fn killed_at_any_point_it_leaves_keys_that_the_pair_opens() {
    let dir = with_keys();
    let (mut current, mut previous) = (NEW, OLD);
    let (mut delay, mut completed) = (0, 0);
    // Later and later, until several have come to their end before the kill.
    while completed < 3 {
        let before = wanted_by_all(dir.path()).await;
        let mut rotation = rotation(dir.path(), current, Some(previous))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(delay));
        rotation.kill().unwrap();
        if rotation.wait().unwrap().success() {
            completed += 1;
        }
        let after = wanted_by_all(dir.path()).await;
        assert_eq!(after.len(), 1, "all or nothing");
        let server = start(dir.path(), current, Some(previous));
        assert!(server.stop().0.success());
        if after != before {
            (current, previous) = (previous, current);
        }
        delay += 1 + delay / 8;
    }
}

#[tokio::test]
async fn a_server_that_lacks_the_new_key_keeps_serving_and_warns() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), OLD, None);
    let ada = server.register("ada").await.unwrap();
    assert!(
        run(&mut rotation(dir.path(), NEW, Some(OLD)))
            .status
            .success()
    );
    let new_id = wanted(dir.path()).remove(0);
    let url = server.url("/health/ready");
    let warned = async {
        loop {
            let answer = reqwest::get(&url).await.unwrap().error_for_status();
            let health: Value = answer.unwrap().json().await.unwrap();
            if health["warnings"].to_string().contains(&new_id) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, warned).await.unwrap();
    let password = ada["password"].as_str().unwrap();
    assert!(server.log_in("ada", password).await.is_ok());
    server.stop();
}
