use std::fs;

use chrono::DateTime;

use super::{keys, list, with_keys};
use crate::support::process::{run, signet, text};

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
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("SIGNET_DATA_DIR"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
