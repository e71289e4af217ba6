//! Two servers that share their limits on one Redis.

use std::{path::Path, time::Duration};

use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::keys::command;
use crate::support::{
    process::{RunningServer, run, signet, text},
    redis::RedisProcess,
};

const QUOTA: usize = 5;
const URL_WITH_PASSWORD: &str = "redis://signet:pa55word@redis.example:6380/3";

/// How long a server may take to notice. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);

fn start(dir: &Path, redis: &RedisProcess) -> RunningServer {
    let mut command = command(dir);
    command
        .env("SIGNET_LIMITER_URL", redis.url())
        .env("SIGNET_AUTH_RATE_LIMIT", format!("{QUOTA}/1h"))
        .env("SIGNET_TRUSTED_PROXIES", "127.0.0.1");
    RunningServer::start(&mut command)
}

/// How many of twenty requests of a new client are admitted by both together.
async fn admitted(servers: &[RunningServer; 2], client: &mut u32) -> usize {
    *client += 1;
    let address = format!("10.0.{}.{}", *client >> 8, *client & 255);
    let mut admitted = 0;
    for _ in 0..2 * QUOTA {
        for server in servers {
            let request = Client::new().post(server.url("/auth"));
            let request = request.header("X-Forwarded-For", &address).body("");
            let status = request.send().await.unwrap().status();
            assert!(!status.is_server_error(), "{status}");
            admitted += usize::from(status != StatusCode::TOO_MANY_REQUESTS);
        }
    }
    admitted
}

/// A busy machine may make a server wait too long for Redis now and then, so
/// that it counts a client on its own: another one is then tried.
async fn until_admitted(servers: &[RunningServer; 2], client: &mut u32, expected: usize) {
    let tried = async {
        while admitted(servers, client).await != expected {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.unwrap();
}

async fn warnings(server: &RunningServer) -> Value {
    let response = reqwest::get(server.url("/health/ready")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json::<Value>().await.unwrap()["warnings"].take()
}

#[tokio::test]
async fn two_servers_admit_one_quota_while_redis_is_there_and_one_each_while_it_is_not() {
    let Some(mut redis) = RedisProcess::start() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let servers = [start(dir.path(), &redis), start(dir.path(), &redis)];
    let mut client = 0;
    until_admitted(&servers, &mut client, QUOTA).await;
    redis.kill();
    until_admitted(&servers, &mut client, 2 * QUOTA).await;
    for server in &servers {
        assert!(
            warnings(server).await[0]
                .as_str()
                .unwrap()
                .contains("Redis is away")
        );
    }
    redis.restart();
    until_admitted(&servers, &mut client, QUOTA).await;
    for server in servers {
        let log = server.stop().1;
        assert!(log.contains("Redis is away") && log.contains("limits are counted on Redis"));
    }
}

#[test]
fn config_shows_the_limiters_url_and_never_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(signet(dir.path())
        .arg("config")
        .env("SIGNET_LIMITER_URL", URL_WITH_PASSWORD));
    let stdout = text(&output.stdout);
    assert!(stdout.contains("limiter_url = \"redis://redis.example:6380/3\""));
    assert!(!stdout.contains("pa55word"));
}

#[test]
fn a_wrong_limiter_url_is_refused_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    for url in [
        "redis://signet:pa55word@redis.example:port/3",
        "redis://signet:pa55word@redis.example/minus",
        "redis://signet:pa55word@redis.example/-1",
        "http://signet:pa55word@redis.example/",
        "redis://signet:pa55word#@redis.example/",
    ] {
        let output = run(signet(dir.path())
            .arg("config")
            .env("SIGNET_LIMITER_URL", url));
        assert_eq!(output.status.code(), Some(2), "{url}");
        let message = text(&output.stderr);
        assert!(message.contains("SIGNET_LIMITER_URL"), "{message}");
        assert!(!message.contains("pa55word"), "{message}");
    }
}
