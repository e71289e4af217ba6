use std::{fs::File, process::Stdio};

use reqwest::{Client, StatusCode};
use serde_json::json;

use super::configured;
use crate::support::process::{free_address, signet};

#[tokio::test]
async fn a_log_that_cannot_be_written_costs_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let address = free_address();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut server = configured(signet(dir.path()))
        .env("SIGNET_LOG", "trace")
        .args(["serve", "--listen", &address.to_string()])
        .stdout(Stdio::null())
        .stderr(full)
        .spawn()
        .unwrap();
    let live = format!("http://{address}/health/live");
    while Client::new().get(&live).send().await.is_err() {
        assert!(server.try_wait().unwrap().is_none(), "the server ended");
    }
    let body = json!({ "username": "ada", "email": "ada@example.com" });
    let register = Client::new().post(format!("http://{address}/register"));
    let answer = register.json(&body).send().await;
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(answer.unwrap().status(), StatusCode::CREATED);
}
