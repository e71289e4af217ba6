//! nginx before several servers, as `docs/deploy/cluster` has it. What it is there,
//! 1.28, finds out servers' addresses anew; Debian's is older and is told them here.

use std::{io::Write, net::TcpStream, time::Duration};

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::{
    PATIENCE, Proxy, assert_the_real_address_is_logged, is_installed, nginx_paths, page, replaced,
    server, without_tls,
};
use crate::support::{
    problem::assert_problem,
    process::{MASTER_KEY, RunningServer, signet},
};

const SERVERS: [&str; 3] = ["signet-1", "signet-2", "signet-3"];
const CONNECTIONS: &str = "limit_conn clients 100;";

/// All three names lead to the one server.
fn start(server: &RunningServer, connections: &str) -> Proxy {
    Proxy::start("nginx -g 'daemon off;' -c \"$1\"", |address, dir| {
        let mut text = replaced(&page("cluster/nginx.conf"), " resolve ", " ");
        for name in SERVERS {
            let documented = format!("{name}:8080");
            text = replaced(&text, &documented, &server.address().to_string());
        }
        let here = format!("http {{\n{}", nginx_paths(dir));
        text = replaced(&text, "http {\n", &here);
        text = replaced(&text, "443 ssl;\n        http2 on;", &format!("{address};"));
        text = replaced(&text, CONNECTIONS, connections);
        // A test may take any time.
        text = replaced(&text, "client_body_timeout 10s", "client_body_timeout 1h");
        format!("pid {}/pid;\n{}", dir.display(), without_tls(&text))
    })
}

async fn get(proxy: &Proxy, path: &str) -> Response {
    let url = format!("http://{}{path}", proxy.address);
    reqwest::get(url).await.unwrap()
}

/// The answer, once it has this status.
async fn until(status: StatusCode, proxy: &Proxy) -> Response {
    let asked = async {
        loop {
            let answer = get(proxy, "/health/live").await;
            if answer.status() == status {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn before_several_servers_the_clients_real_address_is_logged() {
    if !is_installed("nginx") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let proxy = start(&server, CONNECTIONS);
    assert_the_real_address_is_logged(&server, &proxy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_too_much_at_once_is_told_when_to_come_again() {
    if !is_installed("nginx") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let proxy = start(&server, "limit_conn clients 1;");
    let mut unfinished = TcpStream::connect(proxy.address).unwrap();
    let head = "POST /auth HTTP/1.1\r\nHost: auth.example\r\nContent-Length: 100\r\n\r\n";
    unfinished.write_all(head.as_bytes()).unwrap();

    let refused = until(StatusCode::TOO_MANY_REQUESTS, &proxy).await;
    let header = |name: &str| refused.headers()[name].to_str().unwrap();
    assert_eq!(header("retry-after"), "1");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("strict-transport-security").starts_with("max-age="));
    assert_problem(refused, StatusCode::TOO_MANY_REQUESTS, "rate_limited").await;

    drop(unfinished);
    until(StatusCode::OK, &proxy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_reaches_the_client_as_it_is() {
    if !is_installed("nginx") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    let server = RunningServer::start(
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_AUTH_RATE_LIMIT", "1/1h"),
    );
    let proxy = start(&server, CONNECTIONS);
    let url = format!("http://{}/auth", proxy.address);
    let ask = async || reqwest::Client::new().post(&url).send().await.unwrap();
    ask().await;
    let refused = ask().await;
    let retry_after = refused.headers()["retry-after"].to_str().unwrap();
    assert!(retry_after.parse::<u32>().unwrap() > 1, "{retry_after}");
    assert!(refused.headers().contains_key("ratelimit"));
    let body: Value = assert_problem(refused, StatusCode::TOO_MANY_REQUESTS, "rate_limited").await;
    assert_ne!(
        body["detail"],
        "too many requests of this client at the same time"
    );
}

/// In the open nginx `resolve` is there since 1.27.3.
#[test]
fn each_server_of_the_deployment_is_looked_up_anew_by_an_nginx_that_can() {
    let (compose, nginx) = (page("cluster/compose.yml"), page("cluster/nginx.conf"));
    for name in SERVERS {
        assert!(compose.contains(&format!("  {name}: *signet\n")), "{name}");
        assert!(
            nginx.contains(&format!("server {name}:8080 resolve ")),
            "{name}"
        );
    }
    let servers = compose.lines().filter(|line| line.ends_with(": *signet"));
    assert_eq!(servers.count(), SERVERS.len());
    let image = compose
        .lines()
        .find_map(|line| line.trim().strip_prefix("image: nginx:"));
    let version = image
        .unwrap()
        .split('.')
        .map(|part| part.parse::<u32>().unwrap());
    assert!(version.ge([1, 28]), "{image:?}");
    for directive in ["resolver 127.0.0.11 ", "zone signet "] {
        assert!(nginx.contains(directive), "{directive}");
    }
}
