//! What fails beneath a server: the disk, the file, its lock, the descriptors.
//! Nothing that was acknowledged is lost, nothing wrong is answered, readiness
//! tells, and where the cause goes away the server recovers by itself.

mod damaged_file;
#[cfg(target_os = "linux")]
mod descriptors;
mod full_disk;
mod full_log;
mod locked_database;
mod read_only;

use std::{path::Path, process::Command};

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    problem::assert_problem,
    process::{MASTER_KEY, RunningServer, signet},
};

const DATABASE: &str = "data/signet.db";

fn configured(mut command: Command) -> Command {
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_REGISTER_RATE_LIMIT", "off")
        .env("SIGNET_AUTH_RATE_LIMIT", "off");
    command
}

fn start(dir: &Path) -> RunningServer {
    RunningServer::start(&mut configured(signet(dir)))
}

async fn register(server: &RunningServer, name: &str) -> Response {
    let body = json!({ "username": name, "email": format!("{name}@example.com") });
    let request = Client::new().post(server.url("/register")).json(&body);
    request.send().await.unwrap()
}

async fn log_in(server: &RunningServer, (name, password): &(String, String)) -> Response {
    let body = json!({ "username": name, "password": password });
    let request = Client::new().post(server.url("/auth")).json(&body);
    request.send().await.unwrap()
}

/// Registers an account, which must succeed, and answers its name and password.
async fn registered(server: &RunningServer, name: &str) -> (String, String) {
    let response = register(server, name).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let body: Value = response.json().await.unwrap();
    let password = body["password"].as_str().unwrap().to_owned();
    (name.to_owned(), password)
}

async fn get(server: &RunningServer, path: &str) -> Response {
    Client::new().get(server.url(path)).send().await.unwrap()
}

/// Asserts that it says when to come again.
async fn assert_unavailable(response: Response) {
    assert!(response.headers().contains_key("retry-after"));
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
}

/// Asserts that the server knows that its database is in trouble, and that it
/// lives.
async fn assert_not_ready(server: &RunningServer) {
    let ready = get(server, "/health/ready").await;
    let problem = assert_problem(ready, StatusCode::SERVICE_UNAVAILABLE, "not_ready").await;
    assert_eq!(problem["errors"][0]["field"], "database", "{problem}");
    assert_eq!(get(server, "/health/live").await.status(), StatusCode::OK);
}

async fn assert_ready(server: &RunningServer) {
    let ready = get(server, "/health/ready").await;
    assert_eq!(ready.status(), StatusCode::OK, "{:?}", ready.text().await);
}

/// Of what was answered nothing is lost, though the server is killed now.
async fn assert_kept(server: RunningServer, dir: &Path, accounts: &[(String, String)]) {
    server.kill();
    let server = start(dir);
    for account in accounts {
        assert_logs_in(&server, account).await;
    }
}

/// Asserts that the account is there and that its owner can log in.
async fn assert_logs_in(server: &RunningServer, account: &(String, String)) {
    let response = log_in(server, account).await;
    assert_eq!(response.status(), StatusCode::OK, "{} was lost", account.0);
}
