//! The commands and a server on PostgreSQL.

use std::{path::Path, process::Command, time::Duration};

use reqwest::{Client, Response, StatusCode};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::json;

use crate::support::{
    postgres::PostgresDatabase,
    postgres_proxy::{PostgresProxy, Way},
    process::{MASTER_KEY, RunningServer, run, signet, text},
};

/// How long a server may take to find its database again. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

fn command(dir: &Path, url: &str) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_DATABASE_URL", url)
        .env("SIGNET_DATABASE_ACQUIRE_TIMEOUT", "1s");
    command
}

async fn get(server: &RunningServer, path: &str) -> Response {
    reqwest::get(server.url(path)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_works_there_and_shows_no_password() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let proxy = PostgresProxy::start(test.server);
    let (dir, url) = (tempfile::tempdir().unwrap(), proxy.url(&test.name));
    let server = RunningServer::start(&mut command(dir.path(), &url));
    server.register("ada").await.unwrap();
    let mut printed = server.stop().1;
    for args in [
        &["migrate"][..],
        &["config"],
        &["users", "grant", "ada", "admin"],
        &["users", "list"],
        &["users", "export"],
        &["clients", "list"],
        &["keys", "list"],
        &["master-key", "rotate"],
    ] {
        let output = run(command(dir.path(), &url).args(args));
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{args:?}: {out}{err}");
        printed.push_str(&out);
        printed.push_str(&err);
    }
    let output = run(command(dir.path(), &url).arg("doctor"));
    let doctor = text(&output.stdout);
    let failed: Vec<_> = doctor.lines().filter(|l| l.starts_with("FAIL")).collect();
    // The server of the tests spares the disk.
    assert_eq!(failed.len(), 1, "{doctor}");
    assert!(failed[0].contains("set fsync = on"), "{doctor}");
    assert!(doctor.contains("the schema is up to date"), "{doctor}");
    printed.push_str(&doctor);
    assert!(printed.contains("postgres://signet@"), "{printed}");
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(!dir.path().join("data").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_the_server_says_so_and_publishes_its_keys() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let proxy = PostgresProxy::start(test.server);
    let dir = tempfile::tempdir().unwrap();
    let url = proxy.url(&test.name);
    let server = RunningServer::start(&mut command(dir.path(), &url));
    assert_eq!(get(&server, "/health/ready").await.status(), StatusCode::OK);
    proxy.go(Way::Away);
    let ready = get(&server, "/health/ready").await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let jwks = get(&server, "/.well-known/jwks.json").await;
    assert_eq!(jwks.status(), StatusCode::OK);
    let body = json!({ "username": "ada", "email": "ada@example.com" });
    let request = Client::new().post(server.url("/register")).json(&body);
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    proxy.go(Way::Open);
    let back = async {
        while get(&server, "/health/ready").await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, back).await.unwrap();
    server.register("ada").await.unwrap();
}

#[test]
fn a_database_that_does_not_answer_is_told_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!(
        "postgres://ada:s3cret@localhost/x?host={}",
        dir.path().display()
    );
    for name in ["serve", "migrate", "doctor"] {
        let mut command = command(dir.path(), &url);
        command.env("SIGNET_DATABASE_CONNECT_TIMEOUT", "200ms");
        let output = run(command.arg(name));
        assert!(!output.status.success());
        let printed = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(printed.contains("No such file"), "{name}: {printed}");
        assert!(!printed.contains("s3cret"), "{name}: {printed}");
    }
}

#[tokio::test]
async fn a_signal_ends_a_start_that_waits_for_another_servers_migration() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let mut options = ConnectOptions::new(&url);
    options.max_connections(1).sqlx_logging(false);
    let other = Database::connect(options).await.unwrap();
    let lock = "BEGIN; SELECT pg_advisory_xact_lock(x'53676e74'::int, 1)";
    other.execute_unprepared(lock).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let waiting = "\"holder\"";
    let server = RunningServer::start_until(waiting, &mut command(dir.path(), &url));
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped before it listened"), "{log}");
}
