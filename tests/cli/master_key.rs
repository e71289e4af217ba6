use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::support::{
    database,
    process::{MASTER_KEY, RunningServer, run, signet, text},
};

fn serve(dir: &Path) -> Command {
    let mut command = signet(dir);
    command.arg("serve");
    command
}

fn assert_refused_with_help(output: &Output, value: &str) {
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    for word in ["32 bytes", "64 hex digits", "base64", "signet keygen"] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert!(value.is_empty() || !message.contains(value), "{message}");
}

#[test]
fn without_a_master_key_the_server_says_what_it_accepts() {
    let dir = tempfile::tempdir().unwrap();
    assert_refused_with_help(&run(&mut serve(dir.path())), "");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_key_of_another_form_is_refused_without_being_repeated() {
    let dir = tempfile::tempdir().unwrap();
    for value in [
        "short-secret",
        &"g".repeat(64),
        &"!".repeat(43),
        &"k".repeat(31),
    ] {
        assert_refused_with_help(&run(serve(dir.path()).env("NOT_MY_KEY", value)), value);
        let file = dir.path().join("key");
        fs::write(&file, value).unwrap();
        let output = run(serve(dir.path()).env("NOT_MY_KEY_FILE", &file));
        assert_refused_with_help(&output, value);
    }
}

#[test]
fn an_empty_variable_is_a_missing_one() {
    let dir = tempfile::tempdir().unwrap();
    for variable in ["NOT_MY_KEY", "NOT_MY_KEY_FILE"] {
        assert_refused_with_help(&run(serve(dir.path()).env(variable, "")), "");
    }
}

#[test]
fn a_missing_key_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(serve(dir.path()).env("NOT_MY_KEY_FILE", "/nowhere/key"));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("/nowhere/key"));
}

#[test]
fn a_key_in_place_of_a_files_path_is_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let key = text(&run(signet(dir.path()).arg("keygen")).stdout);
    let output = run(serve(dir.path()).env("NOT_MY_KEY_FILE", key.trim_end()));
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("NOT_MY_KEY_FILE seems to hold a master key itself"),
        "{message}"
    );
    assert!(!message.contains(key.trim_end()));
}

#[test]
fn two_sources_of_the_key_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = serve(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("NOT_MY_KEY_FILE", "key");
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("both"));
}

#[test]
fn one_trailing_newline_of_a_key_file_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    for (ending, accepted) in [("", true), ("\n", true), ("\r\n", true), ("\n\n", false)] {
        fs::write(&file, format!("{MASTER_KEY}{ending}")).unwrap();
        let output = run(signet(dir.path())
            .arg("config")
            .env("NOT_MY_KEY_FILE", &file));
        let shown = text(&output.stdout).contains("its id is");
        assert_eq!(shown, accepted, "{ending:?}");
    }
}

/// The files of the data folder by name; SQLite's shared-memory index is no data.
fn data_files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(dir.join("data"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .filter(|(name, content)| !name.ends_with("-shm") && !content.is_empty())
        .collect()
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_by_kid_and_wanted_id_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    assert!(server.stop().0.success());
    let path = dir.path().join("data/signet.db");
    let rows = database::rows(&path, "SELECT kid, master_key_id FROM keys").await;
    let before = data_files(dir.path());
    let output = run(serve(dir.path()).env("NOT_MY_KEY", "another master key of 32 bytes!!"));
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains(&rows[0][0]) && message.contains(&rows[0][1]),
        "{message}"
    );
    assert!(data_files(dir.path()) == before);
}

#[tokio::test]
async fn a_restart_signs_with_the_same_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut sets = Vec::new();
    for _ in 0..2 {
        let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
        let response = reqwest::get(server.url("/.well-known/jwks.json"))
            .await
            .unwrap();
        sets.push(response.text().await.unwrap());
        assert!(server.stop().0.success());
    }
    assert_eq!(sets[0], sets[1]);
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_before_pending_migrations_run() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    assert!(server.stop().0.success());
    let path = dir.path().join("data/signet.db");
    for sql in [
        "DROP TABLE auth_logs",
        "DELETE FROM seaql_migrations WHERE version LIKE '%auth_logs'",
    ] {
        database::execute(&path, sql).await;
    }
    let output = run(serve(dir.path()).env("NOT_MY_KEY", "another master key of 32 bytes!!"));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let tables = "SELECT name FROM sqlite_master WHERE name = 'auth_logs'";
    assert!(database::rows(&path, tables).await.is_empty());
}
