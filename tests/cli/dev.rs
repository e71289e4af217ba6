use std::{
    fs,
    io::{self, BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

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
    let entries = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name());
    let others = entries.filter(|name| name != "signet-dev" && name != "stdout");
    assert_eq!(others.count(), 0);
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
fn dev_mode_leaves_alone_what_is_set_for_another_database() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("SIGNET_DATABASE_URL", "postgres://localhost/signet")
        .env("SIGNET_DATABASE_POOL_SIZE", "20")
        .env("SIGNET_DATABASE_STATEMENT_TIMEOUT", "5s");
    let server = RunningServer::start_with(&mut command, &["--dev"]);
    assert!(server.stop().0.success());
    assert!(dir.path().join("signet-dev/signet.db").exists());
}

#[test]
fn dev_mode_serves_though_nobody_reads_where() {
    let dir = tempfile::tempdir().unwrap();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut command = signet(dir.path());
    command.args(["serve", "--dev", "--listen", "127.0.0.1:0"]);
    command.stdout(writer).stderr(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let log = BufReader::new(server.stderr.take().unwrap()).lines();
    let is_told = log
        .map_while(Result::ok)
        .any(|line| line.contains("development mode"));
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(is_told);
}

#[test]
fn dev_mode_takes_no_other_folder() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(signet(dir.path()).args(["serve", "--dev", "--data-dir", "elsewhere"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--dev"));
}

#[test]
fn a_dev_folder_that_others_may_read_is_made_private() {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start_dev(dir.path()).stop();
    let dev = dir.path().join("signet-dev");
    let key = dev.join("master.key");
    fs::set_permissions(&dev, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    RunningServer::start_dev(dir.path()).stop();
    assert_eq!((mode(&dev), mode(&key)), (0o700, 0o600));
}

#[test]
fn a_spoiled_dev_key_is_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start_dev(dir.path()).stop();
    fs::write(dir.path().join("signet-dev/master.key"), "").unwrap();
    let output = run(signet(dir.path()).args(["serve", "--dev"]));
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    assert!(
        message.contains("master.key") && message.contains("delete the folder"),
        "{message}"
    );
}

#[test]
fn a_dev_server_prints_where_api_docs_and_key_set_are() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start_dev(dir.path());
    let lines = [
        server.url(""),
        server.url("/docs"),
        server.url("/.well-known/jwks.json"),
    ];
    server.stop();
    let printed = fs::read_to_string(dir.path().join("stdout")).unwrap();
    for line in lines {
        assert!(
            printed.lines().any(|printed| printed.ends_with(&line)),
            "{printed}"
        );
    }
}
