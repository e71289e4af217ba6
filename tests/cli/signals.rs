//! How signals end the real server.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use reqwest::StatusCode;

use crate::support::process::{MASTER_KEY, RunningServer, signet};

const BODY: &str = "{\"username\":\"nobody\",\"password\":\"wrong\"}";

/// No request ends by itself while a test looks.
const PATIENT: &[(&str, &str)] = &[
    ("SIGNET_REQUEST_TIMEOUT", "10min"),
    ("SIGNET_DRAIN_TIMEOUT", "10min"),
];

fn start(dir: &Path, settings: &[(&str, &str)]) -> RunningServer {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .envs(settings.iter().copied());
    RunningServer::start(&mut command)
}

/// A request that the server works on: it has asked for the body.
fn in_work(server: &RunningServer) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        BODY.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let asked = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut answer = vec![0; asked.len()];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, asked);
    stream
}

#[test]
fn either_signal_lets_a_request_in_work_finish() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let server = start(dir.path(), PATIENT);
        let mut stream = in_work(&server);
        server.signal(signal);
        server.wait_for_log("\"stopping\"");
        stream.write_all(BODY.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 "), "{signal}: {answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        let (status, log) = server.end();
        assert_eq!(status.code(), Some(0), "{signal}: {log}");
        assert!(log.contains("\"stopped\""), "{signal}: {log}");
    }
}

#[test]
fn a_second_signal_waits_for_no_request() {
    for (first, second) in [("TERM", "TERM"), ("INT", "INT"), ("TERM", "INT")] {
        let dir = tempfile::tempdir().unwrap();
        let server = start(dir.path(), PATIENT);
        let mut stream = in_work(&server);
        server.signal(first);
        server.wait_for_log("\"stopping\"");
        server.signal(second);
        let (status, log) = server.end();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(log.contains("\"stopping at once\""), "{log}");
        let mut answer = Vec::new();
        // Closed or reset.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{first} {second}");
    }
}

#[tokio::test]
async fn a_server_that_was_told_to_stop_is_live_and_not_ready_through_its_delay() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &[("SIGNET_DRAIN_DELAY", "1h")]);
    let status = async |path: &str| reqwest::get(server.url(path)).await.unwrap().status();
    assert_eq!(status("/health/ready").await, StatusCode::OK);
    server.signal("TERM");
    server.wait_for_log("\"stopping\"");
    assert_eq!(
        status("/health/ready").await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(status("/health/live").await, StatusCode::OK);
    server.signal("TERM");
    assert_eq!(server.end().0.code(), Some(0));
}
