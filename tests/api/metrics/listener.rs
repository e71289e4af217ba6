//! The listener that serves metrics and nothing else.

use std::net::SocketAddr;

use reqwest::{Method, Response, StatusCode};
use signet::adapters::metrics::{Metrics, MetricsServer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::measured;
use crate::support::{app::TestApp, scrape::Scrape};

async fn ask(app: &TestApp, method: Method, path: &str) -> Response {
    let address = app.metrics.unwrap();
    let request = app
        .client
        .request(method, format!("http://{address}{path}"));
    request.send().await.unwrap()
}

async fn accepting(app: &TestApp, accept: &str) -> (String, String) {
    let url = format!("http://{}/metrics", app.metrics.unwrap());
    let response = app.client.get(url).header("accept", accept).send().await;
    let response = response.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap();
    (kind.to_owned(), response.text().await.unwrap())
}

#[tokio::test]
async fn it_serves_nothing_else() {
    let app = measured().await;
    for path in [
        "/",
        "/metrics/",
        "/me",
        "/health/live",
        "/.well-known/jwks.json",
    ] {
        let response = ask(&app, Method::GET, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.text().await.unwrap(), "");
    }
    assert_eq!(
        app.get("/metrics").send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn it_is_only_read() {
    let app = measured().await;
    for method in [Method::POST, Method::DELETE, Method::OPTIONS] {
        let response = ask(&app, method, "/metrics").await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()["allow"], "GET, HEAD");
    }
    let head = ask(&app, Method::HEAD, "/metrics").await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.text().await.unwrap(), "");
}

#[tokio::test]
async fn every_answer_of_it_has_the_security_headers() {
    let app = measured().await;
    for (method, path) in [
        (Method::GET, "/metrics"),
        (Method::GET, "/nowhere"),
        (Method::POST, "/metrics"),
    ] {
        let answer = ask(&app, method, path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn the_format_is_prometheus_text_unless_openmetrics_is_preferred() {
    let app = measured().await;
    // The second is what Prometheus 2 sends.
    for (accept, open_metrics) in [
        ("*/*", false),
        (
            "application/openmetrics-text;version=1.0.0;q=0.8,\
             application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5",
            true,
        ),
        (
            "text/plain;version=0.0.4, application/openmetrics-text;q=0.5",
            false,
        ),
        ("application/openmetrics-text;version=2.0.0", false),
        ("application/openmetrics-text;q=0", false),
        ("application/openmetrics-text", true),
        (";;q=x,,\"", false),
    ] {
        let (kind, text) = accepting(&app, accept).await;
        if open_metrics {
            assert_eq!(
                kind,
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            );
            assert!(text.ends_with("# EOF\n"), "{accept}");
        } else {
            assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
            assert!(!text.contains("# EOF"), "{accept}");
        }
    }
}

#[tokio::test]
async fn every_metric_has_a_type_and_a_help() {
    let app = measured().await;
    app.ada().await;
    let (_, text) = accepting(&app, "").await;
    let scrape = Scrape::parse(&text);
    for (name, kind) in &scrape.types {
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        let counts = name.ends_with("_total");
        assert_eq!(kind == "counter", counts, "{name}");
    }
}

#[tokio::test]
async fn a_connection_serves_one_scrape() {
    let app = measured().await;
    let mut connection = TcpStream::connect(app.metrics.unwrap()).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = String::new();
    // To its end, which the server makes.
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

/// More connections than are served at once, each with half a request.
async fn half_asked(address: SocketAddr) -> Vec<TcpStream> {
    let mut connections = Vec::new();
    for _ in 0..10 {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(b"GET /metr").await.unwrap();
        connections.push(connection);
    }
    connections
}

async fn alone() -> (SocketAddr, MetricsServer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (address, MetricsServer::start(listener, Metrics::new()))
}

/// Time passes by itself when nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn whoever_does_not_ask_is_cut_off_for_the_next() {
    let (address, _server) = alone().await;
    for mut connection in half_asked(address).await {
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        assert!(answer.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn its_stop_waits_for_none_who_does_not_ask() {
    let (address, server) = alone().await;
    let connections = half_asked(address).await;
    server.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
    drop(connections);
}
