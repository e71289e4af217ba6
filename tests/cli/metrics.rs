//! The real server, measured.
#![allow(clippy::float_cmp, reason = "what is counted is exact")]

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
};

use reqwest::StatusCode;

use crate::support::{
    postgres::PostgresDatabase,
    process::{MASTER_KEY, RunningServer, free_address, run, signet, text},
    scrape::Scrape,
};

fn start(dir: &Path, listen: SocketAddr) -> RunningServer {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_METRICS_LISTEN", listen.to_string());
    RunningServer::start(&mut command)
}

#[tokio::test]
async fn a_server_that_listens_is_measured() {
    let (dir, listen) = (tempfile::tempdir().unwrap(), free_address());
    let server = start(dir.path(), listen);
    let ada = server.register("ada").await.unwrap();
    let password = ada["password"].as_str().unwrap();
    server.log_in("ada", password).await.unwrap();
    let scrape = Scrape::of(listen).await;
    for (series, value) in [
        (r#"signet_auth_attempts_total{outcome="success"}"#, 1.0),
        (r#"signet_tokens_issued_total{grant="password"}"#, 1.0),
        ("signet_hash_duration_seconds_count", 2.0),
        (
            r#"signet_http_requests_total{method="POST",route="/auth",status="200"}"#,
            1.0,
        ),
    ] {
        assert_eq!(scrape.value(series), value, "{series}");
    }
    // Keys made a moment ago are rotated in 30 days.
    let rotation = scrape.value("signet_signing_key_next_rotation_seconds");
    assert!(
        (2_500_000.0..=2_592_000.0).contains(&rotation),
        "{rotation}"
    );
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("metrics at /metrics"), "{log}");
    assert!(!log.contains("whoever reaches"), "{log}");
    assert!(TcpStream::connect(listen).is_err());
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn the_process_tells_of_itself() {
    let (dir, listen) = (tempfile::tempdir().unwrap(), free_address());
    let server = start(dir.path(), listen);
    let before = Scrape::of(listen).await;
    assert!(before.value("process_resident_memory_bytes") > 1_000_000.0);
    let resident = before.value("process_resident_memory_bytes");
    assert!(before.value("process_virtual_memory_bytes") > resident);
    assert!(before.value("process_max_fds") >= before.value("process_open_fds"));
    let started = before.value("process_start_time_seconds");
    let now = chrono::DateTime::<chrono::Utc>::from(file_time(dir.path())).timestamp();
    // The folder's database was made after the start.
    let now = f64::from(i32::try_from(now).unwrap());
    assert!(
        (now - 60.0..=now + 2.0).contains(&started),
        "{started} {now}"
    );
    let connections: Vec<_> = (0..20)
        .map(|_| TcpStream::connect(server.address()).unwrap())
        .collect();
    // The last of them was accepted when a request after it is answered.
    server.register("ada").await.unwrap();
    let after = Scrape::of(listen).await;
    let files = "process_open_fds";
    assert!(after.value(files) >= before.value(files) + 20.0);
    assert!(after.value("process_cpu_seconds_total") > 0.0);
    drop(connections);
}

fn file_time(dir: &Path) -> std::time::SystemTime {
    let data = std::fs::metadata(dir.join("data")).unwrap();
    data.modified().unwrap()
}

/// As a unit with `ProcSubset=pid` sees it. Where this may not mount anything there is
/// nothing to see.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn when_the_process_started_is_known_where_proc_shows_processes_alone() {
    let hidden = |dir: &Path, program: &str| {
        let mut command = signet(dir);
        let variables: Vec<_> = command
            .get_envs()
            .map(|(name, _)| name.to_owned())
            .collect();
        command = std::process::Command::new("unshare");
        for name in variables {
            command.env_remove(name);
        }
        command
            .current_dir(dir)
            .args(["--mount", "sh", "-c"])
            .arg(r#"mount --bind /dev/null /proc/stat && exec "$0" "$@""#)
            .arg(program);
        command
    };
    let (dir, listen) = (tempfile::tempdir().unwrap(), free_address());
    if !run(&mut hidden(dir.path(), "true")).status.success() {
        return;
    }
    let mut command = hidden(dir.path(), env!("CARGO_BIN_EXE_signet"));
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_METRICS_LISTEN", listen.to_string());
    let _server = RunningServer::start(&mut command);
    let scrape = Scrape::of(listen).await;
    let started = scrape.value("process_start_time_seconds");
    let now = chrono::DateTime::<chrono::Utc>::from(file_time(dir.path())).timestamp();
    let now = f64::from(i32::try_from(now).unwrap());
    assert!((now - 60.0..=now + 2.0).contains(&started), "{started}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_pool_of_postgresql_is_told_of() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let (dir, listen) = (tempfile::tempdir().unwrap(), free_address());
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_DATABASE_URL", test.url())
        .env("SIGNET_DATABASE_POOL_SIZE", "3")
        .env("SIGNET_METRICS_LISTEN", listen.to_string());
    let _server = RunningServer::start(&mut command);
    let scrape = Scrape::of(listen).await;
    let connections = |state: &str| {
        let labels = format!(r#"{{pool="all",state="{state}"}}"#);
        scrape.value(&format!("signet_database_connections{labels}"))
    };
    assert!((1.0..=3.0).contains(&(connections("idle") + connections("used"))));
    let most = r#"signet_database_connections_max{pool="all"}"#;
    assert_eq!(scrape.value(most), 3.0);
    assert_eq!(scrape.label("pool"), ["all".to_owned()].into());
}

#[tokio::test]
async fn without_an_address_nothing_is_measured() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let response = reqwest::get(server.url("/metrics")).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let (_, log) = server.stop();
    assert!(!log.contains("metrics at"), "{log}");
}

#[test]
fn an_address_that_others_reach_is_warned_of_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), "0.0.0.0:0".parse().unwrap());
    let (_, log) = server.stop();
    assert_eq!(log.matches("whoever reaches this address").count(), 1);
}

#[test]
fn an_address_that_is_taken_is_told_before_anything_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let output = run(signet(dir.path())
        .arg("serve")
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_METRICS_LISTEN", &address));
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    assert!(
        message.contains(&format!("cannot listen on {address}")),
        "{message}"
    );
    assert!(!dir.path().join("data").exists());
}
