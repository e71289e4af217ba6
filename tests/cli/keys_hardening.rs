//! `signet keys` and `signet serve` where master keys, rows or files are not
//! as they should be.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::support::{
    database,
    process::{MASTER_KEY, RunningServer, run, signet, text},
};

const ANOTHER: &str = "another master key of 32 bytes!!";

fn command(dir: &Path) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_KEY_REFRESH", "1s");
    command
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

fn database_of(dir: &Path) -> PathBuf {
    dir.join("data/signet.db")
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

fn revoke(dir: &Path, args: &[&str]) -> Output {
    let mut command = command(dir);
    run(command.args(["keys", "revoke", "--yes"]).args(args))
}

/// Makes the key want a master key that nobody has.
async fn lose_the_master_key_of(dir: &Path, kid: &str) {
    let sql = format!("UPDATE keys SET master_key_id = 'ffffffffffffffff' WHERE kid = '{kid}'");
    database::execute(&database_of(dir), &sql).await;
}

#[tokio::test]
async fn a_key_whose_master_key_is_lost_can_be_revoked_and_servers_start_again() {
    let dir = with_keys();
    let next = in_state(dir.path(), "next");
    lose_the_master_key_of(dir.path(), &next).await;
    let refused = run(command(dir.path()).arg("serve"));
    assert_eq!(refused.status.code(), Some(2));
    let doctor = text(&run(command(dir.path()).arg("doctor")).stdout);
    assert!(doctor.contains(&format!("signet keys revoke {next}")));
    let revoked = revoke(dir.path(), &[&next]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    start(dir.path()).stop();
}

#[tokio::test]
async fn a_replacement_that_servers_may_not_open_is_made_only_when_it_is_wanted() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    let before = list(dir.path());
    let revoke_with_another = |args: &[&str]| {
        let mut command = command(dir.path());
        command
            .env("NOT_MY_KEY", ANOTHER)
            .env("NOT_MY_KEY_PREVIOUS", MASTER_KEY);
        run(command
            .args(["keys", "revoke", "--yes", &active])
            .args(args))
    };
    let refused = revoke_with_another(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let message = text(&refused.stderr);
    for words in [next.as_str(), "--other-master-key", "master-key rotate"] {
        assert!(message.contains(words), "{words} in {message}");
    }
    assert_eq!(list(dir.path()), before);
    let done = revoke_with_another(&["--other-master-key"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(in_state(dir.path(), "active"), next);
}

#[tokio::test]
async fn both_keys_can_be_revoked_one_after_the_other_when_their_master_key_is_lost() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    lose_the_master_key_of(dir.path(), &active).await;
    lose_the_master_key_of(dir.path(), &next).await;
    for kid in [&next, &active] {
        let revoked = revoke(dir.path(), &["--other-master-key", kid]);
        assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    }
    start(dir.path()).stop();
}
