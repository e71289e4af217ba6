//! `signet doctor`, one file for each group of checks.

mod calibration;
mod database;
mod files;
mod limiter;
mod report;
mod settings;
mod signing_keys;
mod tls;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::process::{MASTER_KEY, RunningServer, signet, text};

const ANOTHER_KEY: &str = "another master key of 32 bytes!!";

/// A folder whose database a server has made and left.
fn served() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    assert!(server.stop().0.success());
    dir
}

fn database_of(dir: &TempDir) -> PathBuf {
    dir.path().join("data/signet.db")
}

fn doctor(dir: &Path) -> Command {
    let mut command = signet(dir);
    command.arg("doctor").env("NOT_MY_KEY", MASTER_KEY);
    command
}

fn lines(output: &Output) -> Vec<String> {
    text(&output.stdout).lines().map(str::to_owned).collect()
}

fn count(lines: &[String], status: &str) -> usize {
    let of_status = lines.iter().filter(|line| line.starts_with(status));
    of_status.count()
}

/// The only line of this status.
fn only(output: &Output, status: &str) -> String {
    let lines = lines(output);
    assert_eq!(count(&lines, status), 1, "{lines:#?}");
    let line = lines.iter().find(|line| line.starts_with(status));
    line.unwrap().clone()
}

fn assert_holds(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "{word} in {line}");
    }
}
