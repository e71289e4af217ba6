//! `signet keys` on the database of a server: one file per command.

mod audit;
mod export;
mod import;
mod list;
mod revoke;
mod rotate;

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::support::{
    database,
    process::{MASTER_KEY, RunningServer, run, signet, text},
    verifier::part,
};

pub(super) fn command(dir: &Path) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_KEY_REFRESH", "1s");
    command
}

pub(super) fn keys(dir: &Path, args: &[&str]) -> Output {
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

pub(super) fn in_state(dir: &Path, state: &str) -> String {
    let keys = list(dir);
    let key = keys.iter().find(|key| key["state"] == state).unwrap();
    key["kid"].as_str().unwrap().to_owned()
}

pub(super) const PUBLISHED_LONG_AGO: &str =
    "UPDATE keys SET published_at = '2020-01-01T00:00:00+00:00' WHERE state = 'next'";

pub(super) async fn publish_next_long_ago(dir: &Path) {
    database::execute(&dir.join("data/signet.db"), PUBLISHED_LONG_AGO).await;
}

pub(super) async fn published(server: &RunningServer) -> Vec<String> {
    let url = server.url("/.well-known/jwks.json");
    let jwks: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// A new user's token.
pub(super) async fn token(server: &RunningServer, user: &str) -> String {
    let registered = server.register(user).await.unwrap();
    let login = server.log_in(user, registered["password"].as_str().unwrap());
    let login = login.await.unwrap();
    login["access_token"].as_str().unwrap().to_owned()
}

/// The kid of a new token.
async fn signs(server: &RunningServer) -> String {
    let header = part(&token(server, "ada").await, 0);
    header["kid"].as_str().unwrap().to_owned()
}

pub(super) fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// The acts of the audit log on keys of any kind, oldest first: by whom, what
/// and to which.
pub(super) async fn acts(dir: &Path) -> Vec<Vec<String>> {
    let sql = "SELECT actor, action, target_id FROM audit_events \
               WHERE target_kind <> 'user' ORDER BY id";
    database::rows(&dir.join("data/signet.db"), sql).await
}
