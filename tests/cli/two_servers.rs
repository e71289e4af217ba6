//! Two servers on one database.

use std::{path::Path, time::Duration};

use reqwest::{Client, Response, StatusCode};

use super::keys::{assert_done, command, in_state, keys, publish_next_long_ago, published, token};
use crate::support::{
    oauth::Login,
    problem::{SESSION_OVER, assert_invalid_token, assert_oauth_error},
    process::RunningServer,
    verifier::part,
};

/// How long a server may take to follow the other. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server like any other of the same issuer.
fn start(dir: &Path) -> RunningServer {
    RunningServer::start(command(dir).env("SIGNET_ISSUER", "https://auth.example"))
}

async fn refresh(server: &RunningServer, token: &str) -> Response {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let request = Client::new().post(server.url("/token")).form(&form);
    request.send().await.unwrap()
}

async fn me(server: &RunningServer, token: &str) -> Response {
    let request = Client::new().get(server.url("/me")).bearer_auth(token);
    request.send().await.unwrap()
}

async fn log_out(server: &RunningServer, token: &str) -> Response {
    let request = Client::new().post(server.url("/logout"));
    request.bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn a_session_of_one_goes_on_at_the_other_and_is_over_at_both_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (start(dir.path()), start(dir.path()));
    let ada = one.register("ada").await.unwrap();
    let body = serde_json::json!({ "username": "ada", "password": ada["password"] });
    let request = Client::new().post(one.url("/auth")).json(&body);
    let login = Login::of(request.send().await.unwrap()).await;
    assert_eq!(me(&other, &login.access).await.status(), StatusCode::OK);
    let next = Login::of(refresh(&other, &login.refresh).await).await;
    assert_eq!(me(&one, &next.access).await.status(), StatusCode::OK);
    let gone = log_out(&one, &next.access).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    for server in [&other, &one] {
        for token in [&login.access, &next.access] {
            assert_invalid_token(me(server, token).await, SESSION_OVER).await;
        }
        let refused = refresh(server, &next.refresh).await;
        assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
    }
}

#[tokio::test]
async fn a_rotation_by_a_command_beside_one_is_followed_by_both() {
    let dir = tempfile::tempdir().unwrap();
    let servers = [start(dir.path()), start(dir.path())];
    publish_next_long_ago(dir.path()).await;
    assert_done(&keys(dir.path(), &["rotate"]));
    let kid = |state| in_state(dir.path(), state);
    let (active, next, retired) = (kid("active"), kid("next"), kid("retired"));
    for server in &servers {
        let followed = async {
            while !published(server).await.contains(&next) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, followed).await.unwrap();
        let published = published(server).await;
        assert!(published.contains(&active) && published.contains(&retired));
    }
    for (server, user) in servers.iter().zip(["ada", "grace"]) {
        let header = part(&token(server, user).await, 0);
        assert_eq!(header["kid"], active);
    }
}
