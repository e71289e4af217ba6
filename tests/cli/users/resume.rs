use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{fed, line, migrated, rows};
use crate::support::process::{signet, text};

const ACCOUNTS: usize = 2500;

fn file() -> String {
    let mut file = String::new();
    for number in 0..ACCOUNTS {
        write!(file, "{}", line(&format!("user{number}"))).unwrap();
    }
    file
}

/// The counts that an import ends with.
fn counts(output: &std::process::Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_str(text(&output.stdout).lines().last().unwrap()).unwrap()
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_when_it_is_run_again() {
    let dir = migrated();
    let file = file();
    let mut command: Command = signet(dir.path());
    let mut killed = command
        .args(["users", "import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // More than one batch, and the rest is still to come.
    let part: Vec<_> = file.split_inclusive('\n').take(1700).collect();
    let mut input = killed.stdin.take().unwrap();
    input.write_all(part.concat().as_bytes()).unwrap();
    let count = || async {
        let rows = rows(dir.path(), "SELECT count(*) FROM users").await;
        rows[0][0].parse::<usize>().unwrap()
    };
    while count().await == 0 {
        tokio::task::yield_now().await;
    }
    // SIGKILL.
    killed.kill().unwrap();
    killed.wait().unwrap();
    drop(input);
    let there = count().await;
    assert!((1..ACCOUNTS).contains(&there), "{there}");

    let again = fed(dir.path(), &["import", "-", "--json"], file.as_bytes());
    let again = counts(&again);
    assert_eq!(again["already_there"], there);
    assert_eq!(again["imported"], ACCOUNTS - there);
    assert_eq!(count().await, ACCOUNTS);
    let events = "SELECT count(*), count(DISTINCT target_id) FROM audit_events";
    let all = ACCOUNTS.to_string();
    assert_eq!(rows(dir.path(), events).await, [[all.clone(), all]]);
}

#[test]
fn a_file_that_was_imported_is_skipped_as_a_whole() {
    let dir = migrated();
    let file = file();
    let first = counts(&fed(
        dir.path(),
        &["import", "-", "--json"],
        file.as_bytes(),
    ));
    assert_eq!(first["imported"], ACCOUNTS);
    for args in [
        &["import", "-", "--json"][..],
        &["import", "-", "--json", "--dry-run"],
    ] {
        let again = counts(&fed(dir.path(), args, file.as_bytes()));
        assert_eq!(
            (&again["imported"], &again["already_there"]),
            (&0.into(), &ACCOUNTS.into())
        );
    }
}
