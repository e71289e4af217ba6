//! Errors say what to do next.

use std::{fs, net::TcpListener};

use super::keys::command;
use crate::support::process::{RunningServer, run, text};

#[test]
fn an_error_of_what_the_program_is_given_says_what_to_do_next() {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start(&mut command(dir.path())).stop();
    fs::write(dir.path().join("nonsense"), "no database and no PEM").unwrap();
    let nobody = format!(
        "postgres://ada:s3cret@localhost/x?host={}",
        dir.path().display()
    );
    let other = "fedcba9876543210fedcba9876543210";
    let tls = [("SIGNET_TLS_CERT", "nonsense"), ("SIGNET_TLS_KEY", "gone")];
    for (arguments, variables, code, next) in [
        (
            "users list",
            &[("SIGNET_DATABASE_URL", &*nobody)][..],
            3,
            "Does SIGNET_DATABASE_URL name the host, port, database, user and password",
        ),
        (
            "migrate",
            &[("SIGNET_DATABASE_URL", "sqlite:nonsense")],
            3,
            "put a backup in its place with `signet restore`",
        ),
        (
            "migrate",
            &[("SIGNET_DATA_DIR", "nonsense")],
            3,
            "its owner",
        ),
        (
            "users list",
            &[("SIGNET_DATA_DIR", "gone")],
            2,
            "SIGNET_DATA_DIR",
        ),
        ("keys rotate", &[("NOT_MY_KEY", "")], 2, "`signet keygen`"),
        (
            "keys rotate",
            &[("NOT_MY_KEY", "short")],
            2,
            "`signet keygen`",
        ),
        (
            "backup b.db",
            &[("NOT_MY_KEY", other)],
            2,
            "NOT_MY_KEY_PREVIOUS",
        ),
        ("serve", &[("NOT_MY_KEY", other)], 2, "NOT_MY_KEY_PREVIOUS"),
        ("serve", &tls, 2, "`signet doctor` checks both"),
        (
            "healthcheck",
            &[("SIGNET_LISTEN", "127.0.0.1:1")],
            1,
            "start it with `signet serve`, or set SIGNET_LISTEN",
        ),
        (
            "serve --listen nope",
            &[("SIGNET_ACCESS_LOG", "off")],
            2,
            "expected an IP address and a port, like 127.0.0.1:8080",
        ),
        (
            "config",
            &[("SIGNET_LISTNE", "x")],
            2,
            "`signet config --reference` prints",
        ),
    ] {
        let mut command = command(dir.path());
        command
            .args(arguments.split(' '))
            .env("SIGNET_DATABASE_CONNECT_TIMEOUT", "200ms")
            .envs(variables.iter().copied());
        if !variables[0].1.starts_with("postgres:") {
            command.env_remove("SIGNET_DATABASE_CONNECT_TIMEOUT");
        }
        let output = run(&mut command);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.contains(next), "{arguments}: {next} in {said}");
        assert!(!said.contains("s3cret") && !said.contains(other), "{said}");
    }
}

#[test]
fn an_address_that_another_process_has_is_told_as_such() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for setting in ["SIGNET_LISTEN", "SIGNET_METRICS_LISTEN"] {
        let output = run(command(dir.path()).arg("serve").env(setting, &address));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        for words in [&*address, "another process listens there: stop it", setting] {
            assert!(said.contains(words), "{words} in {said}");
        }
    }
}
