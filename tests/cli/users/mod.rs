//! `signet users` on a database, with and without a server on it.

mod accounts;
mod export;
mod import;
mod list;
mod resume;

use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
};

use serde_json::{Value, json};

use crate::support::{
    database,
    foreign_hashes::BCRYPT,
    process::{run, signet, text},
};

/// A folder with an empty database.
pub(super) fn migrated() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert_done(&run(signet(dir.path()).arg("migrate")));
    dir
}

fn users(dir: &Path, args: &[&str]) -> Output {
    run(signet(dir).arg("users").args(args))
}

/// What a command that succeeds prints with `--json`.
fn json_of(dir: &Path, args: &[&str]) -> Value {
    let output = users(dir, &[args, &["--json"]].concat());
    assert_done(&output);
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(super) fn create(dir: &Path, name: &str, args: &[&str]) -> Value {
    let email = format!("{name}@example.com");
    json_of(dir, &[&["create", name, "--email", &email], args].concat())
}

fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Runs a command that is given `input`.
fn fed(dir: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = signet(dir)
        .arg("users")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// A line of a file to import.
pub(super) fn line(name: &str) -> String {
    let email = format!("{name}@example.com");
    let account = json!({ "username": name, "email": email, "password_hash": BCRYPT });
    account.to_string() + "\n"
}

async fn rows(dir: &Path, sql: &str) -> Vec<Vec<String>> {
    database::rows(&dir.join("data/signet.db"), sql).await
}
