use std::{fs, net::TcpStream, path::Path};

use reqwest::{Client, StatusCode};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;

use super::{assert_logs_in, assert_ready, registered, start};
use crate::support::process::{RunningServer, run, signet};

/// A probe on a connection of its own, as an orchestrator's is.
fn is_healthy(dir: &Path, server: &RunningServer, patience: &str) -> bool {
    let mut command = signet(dir);
    command.env("SIGNET_LISTEN", server.address().to_string());
    let output = run(command.args(["healthcheck", "--timeout", patience]));
    output.status.success()
}

fn open_descriptors(server: &RunningServer) -> u64 {
    let folder = format!("/proc/{}/fd", server.pid());
    fs::read_dir(folder).unwrap().count() as u64
}

/// How many more descriptors it may have than now.
fn allow_more(server: &RunningServer, more: u64) {
    let limit = Rlimit {
        current: Some(open_descriptors(server) + more),
        maximum: Some(4096),
    };
    let pid = Pid::from_raw(server.pid());
    prlimit(pid, Resource::Nofile, limit).unwrap();
}

#[tokio::test]
async fn a_server_without_descriptors_answers_nothing_wrong_and_heals_with_them() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let ada = registered(&server, "ada").await;
    // A connection from before, on which requests go on.
    let client = Client::builder().pool_max_idle_per_host(1).build().unwrap();
    let live = || client.get(server.url("/health/live")).send();
    assert_eq!(live().await.unwrap().bytes().await.unwrap().len(), 17);
    allow_more(&server, 2);
    let connect = || TcpStream::connect(server.address()).unwrap();
    let idle: Vec<_> = (0..16).map(|_| connect()).collect();
    server.wait_for_log("cannot accept connections");

    let mut answered = Vec::new();
    for n in 0..4 {
        let body = json!({ "username": format!("user{n}"), "email": format!("u{n}@example.com") });
        let response = client
            .post(server.url("/register"))
            .json(&body)
            .send()
            .await
            .unwrap();
        match response.status() {
            StatusCode::CREATED => {
                let body: serde_json::Value = response.json().await.unwrap();
                answered.push((
                    format!("user{n}"),
                    body["password"].as_str().unwrap().to_owned(),
                ));
            }
            status => {
                assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
                response.bytes().await.unwrap();
            }
        }
    }

    assert!(!is_healthy(dir.path(), &server, "200ms"));
    // A load balancer keeps its connection.
    let ready = client
        .get(server.url("/health/ready"))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let ready: serde_json::Value = ready.json().await.unwrap();
    assert!(
        ready.to_string().contains("cannot take in connections"),
        "{ready}"
    );

    drop(idle);
    allow_more(&server, 100);
    assert!(is_healthy(dir.path(), &server, "30s"));
    assert_ready(&server).await;
    registered(&server, "later").await;
    answered.push(ada);
    for account in &answered {
        assert_logs_in(&server, account).await;
    }
}
