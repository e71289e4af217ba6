//! `signet backup` and `signet restore`.

mod copies;
mod kill;
mod load;
mod restoring;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::process::{MASTER_KEY, RunningServer, run, signet, text};

const DATABASE: &str = "data/signet.db";

/// A server in a folder of its own.
fn start(dir: &Path) -> RunningServer {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_REGISTER_RATE_LIMIT", "off")
        .env("SIGNET_AUTH_RATE_LIMIT", "off");
    RunningServer::start(&mut command)
}

/// A folder whose database a server has made and left.
fn served() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert!(start(dir.path()).stop().0.success());
    dir
}

fn command(dir: &Path, name: &str, file: &Path) -> Command {
    let mut command = signet(dir);
    command.arg(name).arg(file).env("NOT_MY_KEY", MASTER_KEY);
    command
}

fn backup(dir: &Path, file: &Path) -> Output {
    run(&mut command(dir, "backup", file))
}

fn restore(dir: &Path, file: &Path) -> Output {
    run(&mut command(dir, "restore", file))
}

/// A backup of a database that a server has made.
fn a_backup() -> (TempDir, PathBuf) {
    let dir = served();
    let file = dir.path().join("backup.db");
    assert_done(&backup(dir.path(), &file));
    (dir, file)
}

fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Asserts the exit code and what is said.
fn assert_refused(output: &Output, code: i32, words: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} in {said}");
    }
}

/// The names in the folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Waits until the file is there: whoever makes it is at work then.
fn await_file(path: &Path, meanwhile: &mut std::process::Child) {
    while !path.exists() && meanwhile.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}
