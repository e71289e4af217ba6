//! A server whose PostgreSQL ends, is busy, or takes too long.

use std::{path::Path, process::Command, time::Duration};

use reqwest::{Client, Response, StatusCode};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::json;

use crate::support::{
    postgres::{PostgresDatabase, PostgresServer},
    process::{MASTER_KEY, RunningServer, signet},
};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

fn command(dir: &Path, url: &str) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_DATABASE_URL", url)
        .env("SIGNET_REGISTER_RATE_LIMIT", "off");
    command
}

async fn get(server: &RunningServer, path: &str) -> StatusCode {
    reqwest::get(server.url(path)).await.unwrap().status()
}

async fn register(url: String, name: &str) -> Response {
    let body = json!({ "username": name, "email": format!("{name}@example.com") });
    let request = Client::new().post(url).json(&body);
    request.send().await.unwrap()
}

fn assert_told_to_come_again(response: &Response) {
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
}

async fn until_ready(server: &RunningServer) {
    let ready = async {
        while get(server, "/health/ready").await != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_postgresql_is_survived_without_one_of_the_server() {
    let Some(mut postgres) = PostgresServer::start() else {
        return;
    };
    let (dir, url) = (tempfile::tempdir().unwrap(), postgres.url("postgres"));
    let server = RunningServer::start(&mut command(dir.path(), &url));
    server.register("ada").await.unwrap();
    postgres.kill();
    let ready = get(&server, "/health/ready").await;
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert_told_to_come_again(&register(server.url("/register"), "grace").await);
    let jwks = get(&server, "/.well-known/jwks.json").await;
    assert_eq!(jwks, StatusCode::OK);
    postgres.restart();
    until_ready(&server).await;
    server.register("grace").await.unwrap();
    let again = register(server.url("/register"), "ada").await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(server.stop().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_answers_nothing_until_it_is_promoted() {
    let Some(mut postgres) = PostgresServer::start() else {
        return;
    };
    let (dir, url) = (tempfile::tempdir().unwrap(), postgres.url("postgres"));
    let mut command = command(dir.path(), &url);
    command.env("SIGNET_DATABASE_ACQUIRE_TIMEOUT", "1s");
    let server = RunningServer::start(&mut command);
    let registered = server.register("ada").await.unwrap();
    let password = registered["password"].as_str().unwrap();
    let login = server.log_in("ada", password).await.unwrap();
    postgres.kill();
    // What comes back is one that waits for a primary.
    std::fs::write(postgres.dir.join("data/standby.signal"), "").unwrap();
    postgres.restart();
    let ready = get(&server, "/health/ready").await;
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert_told_to_come_again(&register(server.url("/register"), "grace").await);
    // The session may have been ended at the primary.
    let token = login["access_token"].as_str().unwrap();
    let asking = Client::new().get(server.url("/me")).bearer_auth(token);
    assert_told_to_come_again(&asking.send().await.unwrap());
    let standby = postgres.connect("postgres").await;
    let promote = "SELECT pg_promote()";
    standby.execute_unprepared(promote).await.unwrap();
    until_ready(&server).await;
    server.register("grace").await.unwrap();
    assert!(server.stop().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_only_reads_makes_nothing_ready_until_it_writes() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(&mut command(dir.path(), &test.url()));
    let admin = test.server.connect("postgres").await;
    // Sessions that exist keep what they had.
    let end_sessions = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
        test.name
    );
    for (value, status) in [
        ("on", StatusCode::SERVICE_UNAVAILABLE),
        ("off", StatusCode::OK),
    ] {
        let set = format!(
            "ALTER DATABASE \"{}\" SET default_transaction_read_only = {value}",
            test.name
        );
        for sql in [&set, &end_sessions] {
            admin.execute_unprepared(sql).await.unwrap();
        }
        assert_eq!(get(&server, "/health/ready").await, status);
        let jwks = get(&server, "/.well-known/jwks.json").await;
        assert_eq!(jwks, StatusCode::OK);
    }
    server.register("ada").await.unwrap();
}

/// Holds the audit log, which every registration ends with.
async fn hold(test: &PostgresDatabase) -> DatabaseConnection {
    let connection = test.server.connect(&test.name).await;
    let lock = "BEGIN; LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE";
    connection.execute_unprepared(lock).await.unwrap();
    connection
}

/// Until so many statements that begin like this wait for a lock.
async fn until_waiting(test: &PostgresDatabase, statement: &str, count: usize) {
    let sql = format!(
        "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
         AND wait_event_type = 'Lock' AND query LIKE '{statement}%'"
    );
    let waiting = async {
        while test.rows(&sql).await.len() < count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_free_connection_is_told_to_come_again() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(dir.path(), &test.url());
    command
        .env("SIGNET_DATABASE_POOL_SIZE", "2")
        .env("SIGNET_DATABASE_ACQUIRE_TIMEOUT", "200ms")
        .env("SIGNET_DATABASE_STATEMENT_TIMEOUT", "1min");
    let server = RunningServer::start(&mut command);
    let held = hold(&test).await;
    let holding = ["ada", "grace"].map(|name| {
        let url = server.url("/register");
        tokio::spawn(async move { register(url, name).await })
    });
    until_waiting(&test, "", 2).await;
    assert_told_to_come_again(&register(server.url("/register"), "joan").await);
    held.execute_unprepared("ROLLBACK").await.unwrap();
    for registering in holding {
        let status = registering.await.unwrap().status();
        // The server's own work may have taken a connection before.
        assert!(status == StatusCode::CREATED || status == StatusCode::SERVICE_UNAVAILABLE);
    }
    until_ready(&server).await;
    server.register("joan").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_hangs_does_not_keep_a_stopped_server() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(dir.path(), &test.url());
    command
        .env("SIGNET_DATABASE_STATEMENT_TIMEOUT", "5min")
        .env("SIGNET_DRAIN_TIMEOUT", "0s");
    let server = RunningServer::start(&mut command);
    let held = hold(&test).await;
    let url = server.url("/register");
    let body = json!({ "username": "ada", "email": "ada@example.com" });
    // Its connection is cut with the stop.
    tokio::spawn(Client::new().post(url).json(&body).send());
    // A look for what is to be purged, which waits too, would end with the stop.
    until_waiting(&test, "INSERT", 1).await;
    let stopped = tokio::task::spawn_blocking(move || server.stop());
    let (status, log) = tokio::time::timeout(PATIENCE, stopped)
        .await
        .expect("it waits for the write")
        .unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("the database did not close in time"), "{log}");
    held.execute_unprepared("ROLLBACK").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_ended_and_leaves_nothing() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(dir.path(), &test.url());
    command.env("SIGNET_DATABASE_STATEMENT_TIMEOUT", "200ms");
    let server = RunningServer::start(&mut command);
    let held = hold(&test).await;
    assert_told_to_come_again(&register(server.url("/register"), "ada").await);
    held.execute_unprepared("ROLLBACK").await.unwrap();
    let users = test.rows("SELECT username FROM users").await;
    assert_eq!(users, Vec::<Vec<String>>::new());
    server.register("ada").await.unwrap();
}
