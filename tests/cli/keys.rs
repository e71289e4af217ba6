//! `signet keys` on the database of a server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::DateTime;
use serde_json::Value;

use crate::support::{
    database, keys,
    process::{MASTER_KEY, RunningServer, run, signet, text},
    verifier::part,
};

/// How long a server may take to follow. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

fn command(dir: &Path) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_KEY_REFRESH", "1s");
    command
}

fn keys(dir: &Path, args: &[&str]) -> Output {
    run(command(dir).arg("keys").args(args))
}

fn start(dir: &Path) -> RunningServer {
    RunningServer::start(&mut command(dir))
}

/// A folder whose database holds the keys of a first start.
fn with_keys() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    start(dir.path()).stop();
    dir
}

fn list(dir: &Path) -> Vec<Value> {
    let output = run(signet(dir).args(["keys", "list", "--json"]));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn in_state(dir: &Path, state: &str) -> String {
    let keys = list(dir);
    let key = keys.iter().find(|key| key["state"] == state).unwrap();
    key["kid"].as_str().unwrap().to_owned()
}

async fn publish_next_long_ago(dir: &Path) {
    let sql = "UPDATE keys SET published_at = '2020-01-01T00:00:00+00:00' WHERE state = 'next'";
    database::execute(&dir.join("data/signet.db"), sql).await;
}

async fn published(server: &RunningServer) -> Vec<String> {
    let url = server.url("/.well-known/jwks.json");
    let jwks: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// The kid of a new token.
async fn signs(server: &RunningServer) -> String {
    let user = server.register("ada").await.unwrap();
    let login = server.log_in("ada", user["password"].as_str().unwrap());
    let login = login.await.unwrap();
    let header = part(login["access_token"].as_str().unwrap(), 0);
    header["kid"].as_str().unwrap().to_owned()
}

fn pem_file(dir: &Path) -> PathBuf {
    let body = BASE64_STANDARD.encode(keys::private_key().pkcs8_der());
    let lines: Vec<_> = body.as_bytes().chunks(64).map(text).collect();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    );
    let path = dir.join("old.pem");
    fs::write(&path, pem).unwrap();
    path
}

fn import(dir: &Path, args: &[&str]) -> Output {
    let file = pem_file(dir);
    let mut command = command(dir);
    command.args(["keys", "import", "--pem"]).arg(file);
    run(command.args(args))
}

fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn list_shows_the_active_and_the_next_key_without_a_master_key() {
    let dir = with_keys();
    let keys = list(dir.path());
    let states: Vec<_> = keys.iter().map(|key| &key["state"]).collect();
    assert_eq!(states, ["active", "next"]);
    for key in &keys {
        assert_eq!(key["algorithm"], "RS256");
        assert!(key["master_key_id"].is_string());
        DateTime::parse_from_rfc3339(key["published_at"].as_str().unwrap()).unwrap();
        assert!(key["retired_at"].is_null() && key["expired_at"].is_null());
        assert!(key["tokens_expire_at"].is_null());
    }
    let table = text(&run(signet(dir.path()).args(["keys", "list"])).stdout);
    for key in &keys {
        let kid = key["kid"].as_str().unwrap();
        assert!(table.lines().any(|line| line.starts_with(kid)), "{table}");
    }
}

#[test]
fn a_database_that_is_not_there_is_named_and_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let output = keys(dir.path(), &["list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("SIGNET_DATA_DIR"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_rotation_too_early_tells_from_when_it_may_and_changes_nothing() {
    let dir = with_keys();
    let before = list(dir.path());
    let output = keys(dir.path(), &["rotate"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    let time = message.split("may sign from ").nth(1).unwrap();
    let time = DateTime::parse_from_rfc3339(time.split(',').next().unwrap()).unwrap();
    let published = before[1]["published_at"].as_str().unwrap();
    let ahead = time - DateTime::parse_from_rfc3339(published).unwrap();
    // 300 s + 60 s + 60 s + 10 s, rounded up to the second.
    assert!((430_000..=431_000).contains(&ahead.num_milliseconds()));
    assert_eq!(list(dir.path()), before);
}

#[tokio::test]
async fn a_next_key_that_was_published_long_enough_takes_over() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    publish_next_long_ago(dir.path()).await;
    let output = keys(dir.path(), &["rotate"]);
    assert_done(&output);
    let said = text(&output.stdout);
    assert!(said.contains(&active) && said.contains(&next), "{said}");
    assert_eq!(in_state(dir.path(), "retired"), active);
    assert_eq!(in_state(dir.path(), "active"), next);
    assert_eq!(list(dir.path()).len(), 3);
}

#[test]
fn an_algorithm_that_is_unknown_is_refused() {
    let dir = with_keys();
    let output = keys(dir.path(), &["rotate", "--algorithm", "HS256"]);
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test]
async fn a_wrong_master_key_makes_no_key() {
    let dir = with_keys();
    publish_next_long_ago(dir.path()).await;
    let before = list(dir.path());
    let mut command = command(dir.path());
    command.env("NOT_MY_KEY", "another master key of 32 bytes!!");
    let output = run(command.args(["keys", "rotate"]));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(list(dir.path()), before);
}

#[tokio::test]
async fn a_revoked_active_key_is_gone_and_the_next_one_signs() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    let output = keys(dir.path(), &["revoke", &active, "--yes"]);
    assert_done(&output);
    let said = text(&output.stdout);
    for words in ["All tokens", "expires at", &next, "SIGNET_KEY_REFRESH"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    let revoked = &list(dir.path())[0];
    assert_eq!(revoked["state"], "expired");
    assert!(revoked["master_key_id"].is_null());
    let server = start(dir.path());
    assert!(!published(&server).await.contains(&active));
    assert_eq!(signs(&server).await, next);
    server.stop();
}

#[tokio::test]
async fn a_running_server_drops_a_revoked_key() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    assert!(published(&server).await.contains(&active));
    assert_done(&keys(dir.path(), &["revoke", &active, "--yes"]));
    let dropped = async {
        while published(&server).await.contains(&active) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, dropped).await.unwrap();
    assert_eq!(signs(&server).await, next);
    server.stop();
}

#[test]
fn a_revocation_that_nobody_confirms_changes_nothing() {
    let dir = with_keys();
    let before = list(dir.path());
    let output = keys(dir.path(), &["revoke", &in_state(dir.path(), "active")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--yes"));
    assert!(text(&output.stdout).contains("All tokens that it signed die"));
    assert_eq!(list(dir.path()), before);
}

#[test]
fn a_key_that_is_not_there_cannot_be_revoked_or_exported() {
    let dir = with_keys();
    for args in [
        &["revoke", "nobody", "--yes"][..],
        &["export", "--format", "pem", "nobody"],
    ] {
        let output = keys(dir.path(), args);
        assert_eq!(output.status.code(), Some(1));
        let message = text(&output.stderr);
        assert!(message.contains("nobody") && message.contains("signet keys list"));
    }
}

#[tokio::test]
async fn an_imported_key_signs_next_under_the_id_it_had() {
    let dir = with_keys();
    let replaced = in_state(dir.path(), "next");
    assert_done(&import(dir.path(), &["--kid", "2024-01"]));
    assert_eq!(in_state(dir.path(), "next"), "2024-01");
    assert_eq!(in_state(dir.path(), "expired"), replaced);
    publish_next_long_ago(dir.path()).await;
    assert_done(&keys(dir.path(), &["rotate"]));
    let server = start(dir.path());
    assert_eq!(signs(&server).await, "2024-01");
    server.stop();
    assert_eq!(
        import(dir.path(), &["--kid", "2024-01"]).status.code(),
        Some(1)
    );
}

#[tokio::test]
async fn a_key_imported_as_retired_is_published_and_does_not_sign() {
    let dir = with_keys();
    let args = ["--kid", "2024-01", "--retired", "--token-lifetime", "12h"];
    assert_done(&import(dir.path(), &args));
    let keys = list(dir.path());
    let key = keys.iter().find(|key| key["kid"] == "2024-01").unwrap();
    assert_eq!(key["state"], "retired");
    let time = |name: &str| DateTime::parse_from_rfc3339(key[name].as_str().unwrap()).unwrap();
    assert_eq!(
        (time("tokens_expire_at") - time("retired_at")).num_hours(),
        12
    );
    let server = start(dir.path());
    assert!(published(&server).await.contains(&"2024-01".to_owned()));
    assert_eq!(signs(&server).await, in_state(dir.path(), "active"));
    server.stop();
}

#[test]
fn a_file_without_a_key_is_refused_by_its_name() {
    let dir = with_keys();
    fs::write(dir.path().join("none.pem"), MASTER_KEY).unwrap();
    let output = keys(dir.path(), &["import", "--pem", "none.pem"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(message.contains("none.pem") && !message.contains(MASTER_KEY));
}

#[tokio::test]
async fn export_prints_what_is_published_and_never_private_members() {
    let dir = with_keys();
    // Even where someone wrote them into the database.
    let plant = "UPDATE keys SET public_jwk = json_set(public_jwk, '$.d', 'c2VjcmV0')";
    database::execute(&dir.path().join("data/signet.db"), plant).await;
    let output = keys(dir.path(), &["export", "--format", "jwks"]);
    assert_done(&output);
    let jwks: Value = serde_json::from_slice(&output.stdout).unwrap();
    let exported = jwks["keys"].as_array().unwrap();
    assert_eq!(exported.len(), 2);
    for key in exported {
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(key.get(member).is_none(), "{member}");
        }
    }
    let server = start(dir.path());
    let url = server.url("/.well-known/jwks.json");
    let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(jwks, answer);
    server.stop();
    let pem = text(&keys(dir.path(), &["export", "--format", "pem"]).stdout);
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && !pem.contains("PRIVATE"));
}
