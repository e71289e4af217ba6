//! `--json`: one object on standard output of what a command has done.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use signet::domain::Timestamp;

use super::keys::{command, in_state, publish_next_long_ago};
use crate::support::process::{RunningServer, run, text};

/// A folder whose database holds the keys of a first start.
fn served() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start(&mut command(dir.path())).stop();
    dir
}

/// All of what the command prints, which succeeds.
fn object(dir: &Path, args: &[&str]) -> Value {
    let output = run(command(dir).args(args).arg("--json"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(value.is_object(), "{value}");
    value
}

#[test]
fn migrate_counts_what_it_applied() {
    let dir = tempfile::tempdir().unwrap();
    let first = object(dir.path(), &["migrate"]);
    assert!(first["applied"].as_u64().unwrap() > 0);
    assert_eq!(object(dir.path(), &["migrate"]), json!({ "applied": 0 }));
}

#[tokio::test]
async fn a_rotation_names_the_keys_that_changed_their_state() {
    let dir = served();
    publish_next_long_ago(dir.path()).await;
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    let rotated = object(dir.path(), &["keys", "rotate"]);
    assert_eq!(rotated["retired"], active);
    assert_eq!(rotated["active"], next);
    assert_eq!(rotated["next"], in_state(dir.path(), "next"));
}

#[test]
fn a_rotation_that_is_too_early_tells_from_when_the_next_key_may_sign() {
    let dir = served();
    let next = in_state(dir.path(), "next");
    let output = run(command(dir.path()).args(["keys", "rotate", "--json"]));
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["next"], next);
    assert!(told["replaced"].is_null());
    let from: Timestamp = told["may_sign_from"].as_str().unwrap().parse().unwrap();
    // People are told the next whole second.
    let said = text(&output.stderr);
    let whole: Timestamp = said
        .split([' ', ','])
        .find_map(|it| it.parse().ok())
        .unwrap();
    assert!(
        (from..from + Duration::from_secs(1)).contains(&whole),
        "{from}: {said}"
    );
}

#[test]
fn a_revocation_tells_what_signs_now_and_asks_nothing_on_standard_output() {
    let dir = served();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    let revoked = object(dir.path(), &["keys", "revoke", &active, "--yes"]);
    assert_eq!(revoked["kid"], active);
    assert_eq!(revoked["was"], "active");
    assert_eq!(revoked["signs_now"], next);
    assert!(revoked["known_from"].is_string(), "{revoked}");
}

#[test]
fn an_import_tells_the_keys_id_and_when_it_may_sign() {
    let dir = served();
    let pem = rcgen::KeyPair::generate().unwrap().serialize_pem();
    std::fs::write(dir.path().join("key.pem"), pem).unwrap();
    let args = ["keys", "import", "--pem", "key.pem", "--kid", "mine"];
    let imported = object(dir.path(), &args);
    assert_eq!(imported["kid"], "mine");
    assert_eq!(imported["algorithm"], "ES256");
    assert_eq!(imported["state"], "next");
    assert!(imported["may_sign_from"].is_string() && imported["published_until"].is_null());
}

#[test]
fn a_new_refresh_key_is_told_with_the_number_of_deleted_ones() {
    let dir = served();
    let rotated = object(dir.path(), &["refresh-key", "rotate"]);
    assert_eq!(
        (&rotated["id"], &rotated["deleted"]),
        (&json!("2"), &json!(0))
    );
    let revoked = object(dir.path(), &["refresh-key", "revoke", "--yes"]);
    assert_eq!(
        (&revoked["id"], &revoked["deleted"]),
        (&json!("3"), &json!(2))
    );
    assert!(revoked["signs_from"].is_string());
}

#[test]
fn a_master_key_rotation_counts_the_data_keys() {
    let dir = served();
    let rotated = object(dir.path(), &["master-key", "rotate"]);
    assert_eq!(rotated["changed"], 0);
    assert!(rotated["unchanged"].as_u64().unwrap() > 0);
    assert!(rotated["master_key_id"].is_string());
}

#[test]
fn a_backup_and_its_restore_count_the_private_keys() {
    let dir = served();
    let made = object(dir.path(), &["backup", "copy.db"]);
    assert_eq!(made["file"], "copy.db");
    let elsewhere = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.db");
    let restored = object(elsewhere.path(), &["restore", file.to_str().unwrap()]);
    assert_eq!(restored["private_keys"], made["private_keys"]);
    assert_eq!(restored["schema_is_older"], false);
    assert!(
        elsewhere
            .path()
            .join(restored["database"].as_str().unwrap())
            .exists()
    );
}
