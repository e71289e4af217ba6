use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use super::doctor;
use crate::support::{
    certificates::{certify, certify_until, pair_in},
    process::{run, text},
};

/// The lines about TLS of an otherwise empty folder.
fn lines(folder: &tempfile::TempDir) -> Vec<String> {
    let files = pair_in(folder.path());
    let mut command = doctor(folder.path());
    command
        .env("SIGNET_TLS_CERT", &files.certificate)
        .env("SIGNET_TLS_KEY", &files.key);
    let printed = text(&run(&mut command).stdout);
    let about = printed.lines().filter(|line| line.contains("TLS"));
    about.map(str::to_owned).collect()
}

fn assert_line(lines: &[String], status: &str, words: &str) {
    let is_it = |line: &&String| line.starts_with(status) && line.contains(words);
    assert!(lines.iter().any(|line| is_it(&line)), "{lines:#?}");
}

#[test]
fn a_pair_is_told_with_the_days_that_it_has_left() {
    let folder = tempfile::tempdir().unwrap();
    let files = pair_in(folder.path());
    certify(&files);
    fs::set_permissions(&files.key, Permissions::from_mode(0o600)).unwrap();
    let found = lines(&folder);
    assert_line(&found, "ok", "days left, until 2125-01-01");
    assert_line(&found, "ok", "has mode 0600");
    fs::set_permissions(&files.key, Permissions::from_mode(0o644)).unwrap();
    assert_line(&lines(&folder), "FAIL", "has mode 0644");
}

#[test]
fn an_expired_certificate_and_a_foreign_key_fail() {
    let folder = tempfile::tempdir().unwrap();
    let files = pair_in(folder.path());
    certify_until(&files, 2020);
    assert_line(
        &lines(&folder),
        "FAIL",
        "it has expired; valid until 2020-01-01",
    );
    let key = fs::read(&files.key).unwrap();
    certify(&files);
    fs::write(&files.key, key).unwrap();
    assert_line(
        &lines(&folder),
        "FAIL",
        "does not belong to the certificate",
    );
}
