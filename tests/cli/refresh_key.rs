use std::{
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use reqwest::StatusCode;

use crate::support::{
    oauth::Login,
    problem::assert_oauth_error,
    process::{MASTER_KEY, RunningServer, run, signet, text},
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

fn refresh_key(dir: &Path, arguments: &[&str]) -> Output {
    run(command(dir).arg("refresh-key").args(arguments))
}

async fn log_in(server: &RunningServer, user: &str, password: &str) -> String {
    let login = server.log_in(user, password).await.unwrap();
    login["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_running_server_refuses_all_refresh_tokens_after_a_revocation() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(&mut command(dir.path()));
    let ada = server.register("ada").await.unwrap();
    let password = ada["password"].as_str().unwrap();
    let mut token = log_in(&server, "ada", password).await;
    let revoked = refresh_key(dir.path(), &["revoke", "--yes"]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    let refused = async {
        loop {
            let response = server.refresh(&token).await.unwrap();
            match response.status() {
                StatusCode::OK => token = Login::of(response).await.refresh,
                // The server read the new key between the step and the answer.
                StatusCode::SERVICE_UNAVAILABLE => {}
                _ => return response,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let refused = tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
    let again = log_in(&server, "ada", password).await;
    assert_eq!(
        server.refresh(&again).await.unwrap().status(),
        StatusCode::OK
    );
    server.stop();
}

#[test]
fn revoking_the_refresh_keys_wants_a_yes() {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start(&mut command(dir.path())).stop();
    let command = |arguments: &[&str]| refresh_key(dir.path(), arguments);
    assert_eq!(command(&["revoke"]).status.code(), Some(2));
    let rotated = command(&["rotate"]);
    assert!(text(&rotated.stdout).starts_with("Refresh key 2 makes tokens from "));
    let revoked = command(&["revoke", "--yes"]);
    assert!(text(&revoked.stdout).contains("2 former ones are deleted"));
}
