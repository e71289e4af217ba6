use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::support::{
    process::{RunningServer, run, signet, text},
    verifier::verify,
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_stranger_registers_logs_in_and_verifies_the_token() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start_dev(dir.path());
    let ada = server.register("ada").await.unwrap();
    let login = server
        .log_in("ada", ada["password"].as_str().unwrap())
        .await
        .unwrap();
    let jwks = reqwest::get(server.url("/.well-known/jwks.json"))
        .await
        .unwrap();
    let token = login["access_token"].as_str().unwrap();
    let issued = crate::support::verifier::part(token, 1)["iat"]
        .as_i64()
        .unwrap();
    let now = chrono::DateTime::from_timestamp(issued, 0).unwrap();
    assert!(verify(token, &jwks.json().await.unwrap(), now).is_some());
    let (status, log) = server.stop();
    assert!(status.success());
    assert_eq!(log.matches("not for production").count(), 1, "{log}");
}

#[test]
fn database_and_master_key_are_kept_private_in_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start_dev(dir.path());
    let dev = dir.path().join("signet-dev");
    assert_eq!(mode(&dev), 0o700);
    let files: Vec<_> = fs::read_dir(&dev)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert!(files.len() >= 2);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    server.stop();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_restarted_dev_server_knows_its_users() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start_dev(dir.path());
    let ada = server.register("ada").await.unwrap();
    server.stop();
    let server = RunningServer::start_dev(dir.path());
    let login = server
        .log_in("ada", ada["password"].as_str().unwrap())
        .await;
    assert!(login.is_ok());
    server.stop();
}

#[test]
fn dev_mode_accepts_cheap_hashes() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command.env("SIGNET_ARGON2_MEMORY_KIB", "8");
    let server = RunningServer::start_with(&mut command, &["--dev"]);
    assert!(server.stop().0.success());
}

#[test]
fn dev_mode_takes_no_other_folder() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(signet(dir.path()).args(["serve", "--dev", "--data-dir", "elsewhere"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--dev"));
}
