use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::DateTime;
use signet::{crypto::PrivateKey, domain::SigningAlgorithm};

use super::{
    assert_done, command, in_state, keys, list, publish_next_long_ago, published, signs, start,
    with_keys,
};
use crate::support::{
    keys::{generate, private_key},
    process::{MASTER_KEY, run, text},
};

fn pem_file(dir: &Path) -> PathBuf {
    pem_file_of(dir, &private_key())
}

fn pem_file_of(dir: &Path, key: &PrivateKey) -> PathBuf {
    let body = BASE64_STANDARD.encode(key.pkcs8_der());
    let lines: Vec<_> = body.as_bytes().chunks(64).map(text).collect();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    );
    let path = dir.join("old.pem");
    fs::write(&path, pem).unwrap();
    path
}

pub(super) fn import(dir: &Path, args: &[&str]) -> Output {
    let file = pem_file(dir);
    let mut command = command(dir);
    command.args(["keys", "import", "--pem"]).arg(file);
    run(command.args(args))
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
async fn an_id_that_begins_with_a_hyphen_is_taken_as_an_id() {
    for (kid, args, state) in [
        ("-abc", &["--kid=-abc"][..], "next"),
        ("--old", &["--retired", "--kid", "--old"], "retired"),
    ] {
        let dir = with_keys();
        assert_done(&import(dir.path(), args));
        assert_eq!(in_state(dir.path(), state), kid);
        let pem = keys(dir.path(), &["export", "--format", "pem", kid]);
        assert!(text(&pem.stdout).starts_with("-----BEGIN PUBLIC KEY-----"));
        let output = keys(dir.path(), &["revoke", kid, "--yes"]);
        assert_done(&output);
        let said = text(&output.stdout);
        assert!(said.contains(&format!("Key {kid} is revoked.")));
        // What it signed elsewhere was verified until now.
        assert!(said.contains("All tokens that it signed die"), "{said}");
    }
}

#[tokio::test]
async fn keys_on_p_256_and_ed25519_sign_by_their_algorithm() {
    let dir = with_keys();
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa] {
        let key = generate(algorithm);
        let file = pem_file_of(dir.path(), &key);
        let kid = algorithm.as_str();
        let args = ["import", "--kid", kid, "--pem", file.to_str().unwrap()];
        assert_done(&keys(dir.path(), &args));
        publish_next_long_ago(dir.path()).await;
        assert_done(&keys(dir.path(), &["rotate"]));
        let all = list(dir.path());
        let imported = all.iter().find(|key| key["kid"] == kid).unwrap();
        assert_eq!(imported["algorithm"], kid);
        assert_eq!(imported["state"], "active");
    }
    let server = start(dir.path());
    assert_eq!(signs(&server).await, "EdDSA");
    server.stop();
}

#[test]
fn an_id_that_means_something_else_to_the_api_is_refused_by_name() {
    let dir = with_keys();
    let before = list(dir.path());
    let refused = import(dir.path(), &["--kid", "rotate"]);
    assert_eq!(refused.status.code(), Some(2));
    let message = text(&refused.stderr);
    assert!(message.contains("the id rotate") && message.contains("--kid"));
    assert_eq!(list(dir.path()), before);
}

#[test]
fn a_key_that_is_there_under_another_id_is_refused_by_that() {
    let dir = with_keys();
    assert_done(&import(dir.path(), &["--kid", "2024-01"]));
    let before = list(dir.path());
    let refused = import(dir.path(), &["--kid", "2024-02", "--retired"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("2024-01"));
    assert_eq!(list(dir.path()), before);
}
