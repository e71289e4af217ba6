use std::{io::Write, net::TcpStream, process::Stdio};

use signet::crypto::MasterKey;

use crate::support::{
    database,
    process::{MASTER_KEY, RunningServer, run, signet, text},
};

#[test]
fn keygen_prints_a_new_master_key_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let keys: Vec<_> = (0..2)
        .map(|_| text(&run(signet(dir.path()).arg("keygen")).stdout))
        .collect();
    for key in &keys {
        assert!(MasterKey::parse(key.trim_end()).is_ok());
    }
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn openapi_prints_the_committed_description_without_making_anything() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(signet(dir.path()).arg("openapi"));
    let file = std::fs::read_to_string("openapi/openapi.json").unwrap();
    assert!(
        text(&output.stdout) == file,
        "run `cargo run -- openapi > openapi/openapi.json`"
    );
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// What is printed when all migrations were applied: each has a file.
fn migrated() -> String {
    let files = std::fs::read_dir("migration/src").unwrap();
    let names = files.map(|file| file.unwrap().file_name());
    let count = names.filter(|name| name != "lib.rs").count();
    format!("{count} migrations applied, the schema is up to date\n")
}

#[test]
fn migrate_makes_the_schema_once() {
    let dir = tempfile::tempdir().unwrap();
    let first = run(signet(dir.path()).arg("migrate"));
    assert_eq!(text(&first.stdout), migrated());
    let second = run(signet(dir.path()).arg("migrate"));
    assert_eq!(
        text(&second.stdout),
        "0 migrations applied, the schema is up to date\n"
    );
}

#[test]
fn serve_without_migrating_wants_the_schema_to_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let serve = |command: &mut std::process::Command| {
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_MIGRATE_ON_START", "false");
    };
    let mut command = signet(dir.path());
    serve(command.arg("serve"));
    let refused = run(&mut command);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("run `signet migrate`"));
    run(signet(dir.path()).arg("migrate"));
    let mut command = signet(dir.path());
    serve(&mut command);
    let (status, _) = RunningServer::start(&mut command).stop();
    assert!(status.success());
}

#[tokio::test]
async fn a_binary_older_than_the_schema_refuses_to_serve_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    run(signet(dir.path()).arg("migrate"));
    let path = dir.path().join("data/signet.db");
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2999_later', 0)";
    database::execute(&path, later).await;
    let output = run(signet(dir.path())
        .arg("serve")
        .env("NOT_MY_KEY", MASTER_KEY));
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    assert!(
        message.contains("newer Signet") && message.contains("m2999_later"),
        "{message}"
    );
}

#[test]
fn sigterm_ends_a_server_with_exit_code_0() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("\"stopped\""), "{log}");
}

#[test]
fn a_port_in_use_is_told_with_its_address() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = signet(dir.path());
    command
        .args(["serve", "--listen", &address])
        .env("NOT_MY_KEY", MASTER_KEY);
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains(&address));
}

#[test]
fn of_many_processes_that_migrate_at_once_one_does_and_none_fails() {
    let dir = tempfile::tempdir().unwrap();
    let processes: Vec<_> = (0..8)
        .map(|_| {
            let mut command = signet(dir.path());
            command
                .arg("migrate")
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let outputs = processes
        .into_iter()
        .map(|process| process.wait_with_output().unwrap());
    let mut printed: Vec<_> = outputs
        .map(|output| {
            assert!(output.status.success());
            text(&output.stdout)
        })
        .collect();
    printed.sort();
    let idle = "0 migrations applied, the schema is up to date\n";
    assert_eq!(printed[..7], [idle; 7]);
    assert_eq!(printed[7], migrated());
}

#[test]
fn sigterm_ends_a_server_with_idle_and_unfinished_connections_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_DRAIN_TIMEOUT", "100ms");
    let server = RunningServer::start(&mut command);
    let connect = || TcpStream::connect(server.address()).unwrap();
    let idle = connect();
    let mut half_a_head = connect();
    half_a_head
        .write_all(b"POST /auth HTTP/1.1\r\nHost:")
        .unwrap();
    let mut half_a_body = connect();
    half_a_body
        .write_all(
            b"POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
              Content-Length: 100\r\n\r\n{",
        )
        .unwrap();
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    drop((idle, half_a_head, half_a_body));
}
