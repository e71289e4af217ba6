use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use crate::support::{
    process::{MASTER_KEY, RunningServer, signet},
    terminal::Terminal,
};

#[test]
fn the_log_is_text_for_people_on_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("NO_COLOR", "1");
    let mut terminal = Terminal::run(command);
    terminal.wait_for("listening");
    terminal.terminate();
    let (status, shown) = terminal.end();
    assert!(status.success(), "{shown}");
    let lines: Vec<_> = shown.lines().collect();
    let listening = lines.iter().find(|line| line.contains("listening"));
    assert!(listening.unwrap().contains(" INFO signet::"), "{shown}");
    assert!(lines.last().unwrap().ends_with("stopped"), "{shown}");
    assert!(!shown.contains(['{', '\x1b']), "{shown}");
}

#[test]
fn the_log_is_json_lines_where_no_one_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let (_, log) = server.stop();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "INFO");
    assert_eq!(last["fields"]["message"], "stopped");
}

#[test]
fn the_log_of_a_start_says_what_verifies_passwords() {
    for (choice, backend) in [("auto", "SIMD, "), ("portable", "portable")] {
        let dir = tempfile::tempdir().unwrap();
        let mut command = signet(dir.path());
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_ARGON2_BACKEND", choice);
        let (_, log) = RunningServer::start(&mut command).stop();
        let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
        let mut told = lines.filter_map(|line: Value| {
            let fields = &line["fields"];
            let message = fields["message"].as_str()?;
            message.starts_with("Argon2 ").then(|| {
                let backend = fields["backend"].as_str().unwrap().to_owned();
                (line["level"].clone(), backend)
            })
        });
        let (level, verifies) = told.next().unwrap();
        assert_eq!(level, "INFO");
        assert!(verifies.starts_with(backend), "{verifies}");
        assert!(told.next().is_none(), "{log}");
    }
}

#[test]
fn no_more_of_a_path_is_logged_than_256_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LOG", "debug");
    let server = RunningServer::start(&mut command);
    let fits = format!("/{}", "a".repeat(255));
    // Three bytes each, the 85th of which would end at 257.
    let wide = format!("/w{}", "\u{20ac}".repeat(84));
    for (path, more) in [(&fits, ""), (&fits, "b"), (&wide, "\u{20ac}\u{20ac}")] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let request =
            format!("GET {path}{more} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
    let (_, log) = server.stop();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let answered = lines.filter(|line: &Value| line["fields"]["message"] == "answered");
    let paths: Vec<_> = answered.map(|line| line["span"]["path"].clone()).collect();
    assert_eq!(paths, [&*fits, &*fits, &*wide]);
}

/// The warning of a new database in the log, if any, and which it is of.
fn told_of_a_new_database(log: &str) -> Option<(String, String)> {
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut told = lines.filter_map(|line: Value| {
        let message = line["fields"]["message"].as_str()?.to_owned();
        let told = message.starts_with("made a new database");
        told.then(|| {
            assert_eq!(line["level"], "WARN");
            let database = line["fields"]["database"].as_str().unwrap();
            (message, database.to_owned())
        })
    });
    let first = told.next();
    assert!(told.next().is_none(), "{log}");
    first
}

#[test]
fn the_start_that_makes_a_database_says_where_and_later_ones_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let log = || RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY)).stop();
    let file = dir.path().canonicalize().unwrap().join("data/signet.db");
    let (message, database) = told_of_a_new_database(&log().1).unwrap();
    assert_eq!(message, "made a new database: no accounts, new keys");
    assert_eq!(database, file.display().to_string());
    assert_eq!(told_of_a_new_database(&log().1), None);
}

#[test]
fn a_database_file_that_was_empty_is_said_to_be_new() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("data")).unwrap();
    fs::write(dir.path().join("data/signet.db"), "").unwrap();
    let (_, log) = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY)).stop();
    let (message, database) = told_of_a_new_database(&log).unwrap();
    assert_eq!(
        message,
        "made a new database in a file that was there and empty: no accounts, new keys"
    );
    assert!(database.ends_with("/data/signet.db"), "{database}");
}

#[test]
fn a_server_that_is_tried_out_does_not_warn_of_its_new_database() {
    let dir = tempfile::tempdir().unwrap();
    let (_, log) = RunningServer::start_dev(dir.path()).stop();
    assert_eq!(told_of_a_new_database(&log), None);
}
