//! The access log, and the traces that requests belong to.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::process::{MASTER_KEY, RunningServer, signet};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A server with these settings, and the folder that it works in.
fn start(settings: &[(&str, &str)]) -> (tempfile::TempDir, RunningServer) {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .envs(settings.iter().copied());
    let server = RunningServer::start(&mut command);
    (dir, server)
}

/// The lines of the access log.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let access = lines.filter(|line: &Value| line["target"] == "signet::access");
    access.collect()
}

async fn ask(server: &RunningServer, method: &str, path: &str, headers: &[(&str, &str)]) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = Client::new().request(method, server.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    response.bytes().await.unwrap();
}

#[tokio::test]
async fn every_request_is_a_line_with_client_route_status_time_and_bytes() {
    let (_dir, server) = start(&[("SIGNET_ACCESS_LOG", "on")]);
    let id = [("x-request-id", "from-the-test")];
    ask(&server, "GET", "/health/live", &id).await;
    ask(&server, "HEAD", "/health/live", &[]).await;
    ask(&server, "BREW", "/coffee?strong=1", &[]).await;
    let (_, log) = server.stop();
    let lines = lines(&log);
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let fields = &line["fields"];
            assert!(fields["seconds"].as_f64().unwrap() > 0.0);
            assert_eq!(line["span"], Value::Null);
            ["client", "method", "route", "status", "bytes"].map(|name| fields[name].clone())
        })
        .collect();
    let live = json!({ "status": "live" }).to_string().len();
    let bytes = &lines[2]["fields"]["bytes"];
    assert!(bytes.as_u64().unwrap() > 0);
    assert_eq!(
        json!(told),
        json!([
            ["127.0.0.1", "GET", "/health/live", 200, live],
            ["127.0.0.1", "HEAD", "/health/live", 200, 0],
            ["127.0.0.1", "other", "unmatched", 404, bytes],
        ])
    );
    assert_eq!(lines[0]["fields"]["request_id"], "from-the-test");
    assert!(lines[1]["fields"]["request_id"].as_str().unwrap().len() > 30);
}

#[tokio::test]
async fn it_is_off_unless_it_is_switched_on() {
    let (_dir, server) = start(&[("SIGNET_LOG", "trace")]);
    ask(&server, "GET", "/health/live", &[]).await;
    let (_, log) = server.stop();
    assert!(lines(&log).is_empty());
}

#[tokio::test]
async fn it_comes_whatever_else_is_logged() {
    // `RunningServer` waits for a line of `serve`.
    let log = "signet::cli=info";
    let (_dir, server) = start(&[("SIGNET_ACCESS_LOG", "on"), ("SIGNET_LOG", log)]);
    ask(&server, "GET", "/health/live", &[]).await;
    let (_, log) = server.stop();
    assert_eq!(lines(&log).len(), 1);
}

#[tokio::test]
async fn it_names_no_query_no_path_and_no_user() {
    let (_dir, server) = start(&[("SIGNET_ACCESS_LOG", "on")]);
    let ada = server.register("ada-lovelace").await.unwrap();
    let password = ada["password"].as_str().unwrap();
    let login = server.log_in("ada-lovelace", password).await.unwrap();
    let bearer = format!("Bearer {}", login["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    ask(&server, "GET", "/me?secret=in-a-query", &headers).await;
    ask(&server, "DELETE", "/me/sessions/an-id-in-a-path", &headers).await;
    let (_, log) = server.stop();
    let lines = lines(&log);
    assert_eq!(lines.len(), 4);
    let told = json!(lines).to_string();
    assert!(told.contains("/me/sessions/{id}"), "{told}");
    for hidden in [
        "ada-lovelace",
        password,
        &bearer[7..],
        "in-a-query",
        "an-id-in-a-path",
    ] {
        assert!(!told.contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn a_valid_traceparent_is_logged_and_no_other() {
    let (_dir, server) = start(&[("SIGNET_ACCESS_LOG", "on"), ("SIGNET_LOG", "debug")]);
    let later = format!("{}-and-more", TRACEPARENT.replacen("00", "01", 1));
    let accepted = [TRACEPARENT, &TRACEPARENT.replacen("00", "cc", 1), &later];
    for traceparent in accepted {
        ask(
            &server,
            "GET",
            "/health/live",
            &[("traceparent", traceparent)],
        )
        .await;
    }
    let oversized = format!("01-{}", "4".repeat(8000));
    let ignored = [
        "",
        &TRACEPARENT.replacen("00", "ff", 1),
        &TRACEPARENT.to_ascii_uppercase(),
        &format!("{TRACEPARENT}-more"),
        &TRACEPARENT[1..],
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        &oversized,
    ];
    for traceparent in ignored {
        ask(
            &server,
            "GET",
            "/health/live",
            &[("traceparent", traceparent)],
        )
        .await;
    }
    let twice = [("traceparent", TRACEPARENT), ("traceparent", TRACEPARENT)];
    ask(&server, "GET", "/health/live", &twice).await;
    let (_, log) = server.stop();
    let traces: Vec<_> = lines(&log)
        .iter()
        .map(|line| line["fields"]["trace_id"].clone())
        .collect();
    let none = vec![Value::Null; ignored.len() + 1];
    assert_eq!(traces, [vec![json!(TRACE); accepted.len()], none].concat());
    let spans = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let answers = spans.filter(|line: &Value| line["fields"]["message"] == "answered");
    let of_the_trace = answers.filter(|line| line["span"]["trace_id"] == TRACE);
    assert_eq!(of_the_trace.count(), accepted.len());
}
