//! `signet keys` and `signet serve` where master keys, rows or files are not
//! as they should be.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use serde_json::Value;

use crate::support::{
    database,
    process::{MASTER_KEY, RunningServer, run, signet, text},
};

/// How often the servers of these tests reread their keys, and how long one may
/// take to answer on a busy machine.
const REFRESH: Duration = Duration::from_secs(1);
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

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
async fn all_keys_can_be_revoked_one_after_the_other_when_their_master_key_is_lost() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    lose_the_master_key_of(dir.path(), &active).await;
    lose_the_master_key_of(dir.path(), &next).await;
    let sql = "UPDATE refresh_keys SET master_key_id = 'ffffffffffffffff'";
    database::execute(&database_of(dir.path()), sql).await;
    let doctor = text(&run(command(dir.path()).arg("doctor")).stdout);
    assert!(doctor.contains("signet refresh-key revoke"), "{doctor}");
    for kid in [&next, &active] {
        let revoked = revoke(dir.path(), &["--other-master-key", kid]);
        assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    }
    let revoked = run(command(dir.path()).args(["refresh-key", "revoke", "--yes"]));
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    start(dir.path()).stop();
}

#[test]
fn no_command_makes_a_key_that_servers_may_not_open_unless_it_is_wanted() {
    let dir = with_keys();
    let with_another = |args: &[&str]| {
        let mut command = command(dir.path());
        command
            .env("NOT_MY_KEY", ANOTHER)
            .env("NOT_MY_KEY_PREVIOUS", MASTER_KEY);
        run(command.args(args))
    };
    let before = list(dir.path());
    for args in [
        &["keys", "rotate", "--algorithm", "ES256"][..],
        &["refresh-key", "rotate"],
        &["refresh-key", "revoke", "--yes"],
    ] {
        let refused = with_another(args);
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
        assert!(text(&refused.stderr).contains("--other-master-key"));
    }
    assert_eq!(list(dir.path()), before);
    let done = with_another(&["refresh-key", "rotate", "--other-master-key"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

async fn published(server: &RunningServer) -> Vec<String> {
    let url = server.url("/.well-known/jwks.json");
    let jwks: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// Revokes the active key, waits until the server dropped it, and returns what
/// the command logs. The limit is how often a server rereads, and not how old a
/// key set may be signed from.
async fn revoke_active(dir: &Path, server: &RunningServer) -> String {
    let active = in_state(dir, "active");
    assert!(published(server).await.contains(&active));
    let revoked = revoke(dir, &[&active]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    let dropped = async {
        while published(server).await.contains(&active) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let limit = REFRESH + ANSWERS_WITHIN;
    tokio::time::timeout(limit, dropped).await.unwrap();
    text(&revoked.stderr)
}

/// The lines of a log that have this message.
fn lines<'a>(log: &'a str, message: &str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(message)).collect()
}

#[tokio::test]
async fn a_server_logs_that_another_key_signs_and_warns_where_it_does_early() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let sql = "UPDATE keys SET published_at = '2020-01-01T00:00:00+00:00' WHERE state = 'next'";
    database::execute(&database_of(dir.path()), sql).await;
    let known = in_state(dir.path(), "next");
    let in_time = revoke_active(dir.path(), &server).await;
    let young = in_state(dir.path(), "next");
    let early = revoke_active(dir.path(), &server).await;
    let (_, log) = server.stop();
    for (said, signs_early) in [(in_time, false), (early, true)] {
        let revoked = lines(&said, "signing key revoked");
        assert!(revoked.len() == 1 && revoked[0].contains("WARN"), "{said}");
        let field = format!("\"signs_early\":{signs_early}");
        assert!(revoked[0].contains(&field), "{said}");
    }
    let first = lines(&log, "the first signing keys were made");
    assert!(first.len() == 1 && first[0].contains("WARN"), "{log}");
    let changes = lines(&log, "another signing key is active");
    assert_eq!(changes.len(), 2, "{log}");
    assert!(changes[0].contains("INFO") && changes[0].contains(&known));
    for words in ["WARN", young.as_str(), "earlier than by the rules"] {
        assert!(changes[1].contains(words), "{}", changes[1]);
    }
}

#[test]
fn a_revocation_tells_how_long_verifiers_and_servers_may_go_on() {
    let dir = with_keys();
    let said = text(&revoke(dir.path(), &[&in_state(dir.path(), "active")]).stdout);
    // 300 s + 60 s.
    for words in ["up to 6m more", "SIGNET_KEY_STALENESS", "stop it"] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[tokio::test]
async fn a_revocation_of_a_next_key_goes_by_the_server_that_published_it_for_longest() {
    let dir = with_keys();
    // As a server with a max-age of an hour wants it: 3600 s + 60 s + 60 s + 10 s.
    let sql = "UPDATE keys SET publish_ahead = 3730000000 WHERE state = 'next'";
    database::execute(&database_of(dir.path()), sql).await;
    let said = text(&revoke(dir.path(), &[&in_state(dir.path(), "next")]).stdout);
    for words in ["no token dies", "someone else signed", "up to 1h 1m more"] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[test]
fn a_file_that_is_too_large_for_a_key_is_refused() {
    let dir = with_keys();
    for path in ["large.pem", "/dev/zero"] {
        let file = dir.path().join(path);
        if path == "large.pem" {
            std::fs::write(&file, vec![b'a'; 1024 * 1024 + 1]).unwrap();
        }
        let mut command = command(dir.path());
        let output = run(command.args(["keys", "import", "--pem"]).arg(&file));
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr);
        assert!(
            message.contains(path) && message.contains("1 MiB"),
            "{message}"
        );
    }
}

#[test]
fn a_store_without_keys_has_none_to_rotate_or_export() {
    let dir = tempfile::tempdir().unwrap();
    let migrated = run(command(dir.path()).arg("migrate"));
    assert!(migrated.status.success(), "{}", text(&migrated.stderr));
    for args in [&["rotate"][..], &["export", "--format", "pem"]] {
        let output = run(command(dir.path()).arg("keys").args(args));
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("signet serve"));
    }
}

#[tokio::test]
async fn a_rotation_that_the_database_fails_is_told_from_one_that_is_too_early() {
    let dir = with_keys();
    let rotate = || run(command(dir.path()).args(["keys", "rotate"])).status;
    assert_eq!(rotate().code(), Some(1));
    let database = database_of(dir.path());
    database::execute(&database, "UPDATE keys SET publish_ahead = -1").await;
    assert_eq!(rotate().code(), Some(3));
    database::execute(&database, "DROP TABLE keys").await;
    assert_eq!(rotate().code(), Some(3));
}
