use std::path::Path;

use serde_json::{Value, json};

use super::{assert_done, create, fed, json_of, line, migrated, rows, users};
use crate::support::{
    foreign_hashes::BCRYPT,
    process::{MASTER_KEY, RunningServer, signet, text},
    terminal::Terminal,
};

/// Accounts of which some are refused, with the lines' numbers.
fn mixed() -> (String, [u64; 7]) {
    let hostile = BCRYPT.replace("$2b$04", "$2b$31");
    let lines = [
        line("ada"),
        line("bob"),
        "\n".to_owned(),
        "{\"username\":\"carol\"\n".to_owned(),
        line("dan").replace("\"email\"", "\"mail\""),
        line("eve").replace(BCRYPT, &hostile),
        line("ADA"),
        line("kim"),
        line("fay").replace("fay@", "ada@"),
        line("x".repeat(70_000).as_str()),
        line("gus").replace("gus@", "taken@"),
        "  \t\r\n".to_owned(),
        line("hal"),
    ];
    (lines.concat(), [4, 5, 6, 7, 9, 10, 11])
}

fn refusals(output: &std::process::Output) -> (Vec<Value>, Value) {
    let text = text(&output.stdout);
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let counts = lines.pop().unwrap();
    (lines, counts)
}

fn names(dir: &Path) -> Vec<String> {
    let listed = json_of(dir, &["list"]);
    let names = listed.as_array().unwrap().iter();
    let mut names: Vec<_> = names
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn with_taken() -> tempfile::TempDir {
    let dir = migrated();
    create(dir.path(), "taken", &[]);
    dir
}

#[test]
fn refused_lines_are_told_with_number_name_and_reason_and_the_others_imported() {
    let dir = with_taken();
    let (file, refused) = mixed();
    let output = fed(dir.path(), &["import", "-", "--json"], file.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let (told, counts) = refusals(&output);
    let numbers: Vec<_> = told
        .iter()
        .map(|row| row["line"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, refused);
    assert_eq!(
        counts,
        json!({"imported": 4, "already_there": 0, "refused": 7, "dry_run": false})
    );
    let expected = [
        (Value::Null, "it is not a JSON object: EOF"),
        (json!("dan"), "email is required; mail is not a field"),
        (
            json!("eve"),
            "password_hash bcrypt cost must be 4 to 14, not 31",
        ),
        (json!("ADA"), "username stands in line 1 already"),
        (json!("fay"), "email stands in line 1 already"),
        (Value::Null, "it has more than 65536 bytes"),
        (json!("gus"), "another account has the e-mail address"),
    ];
    for (row, (name, reason)) in told.iter().zip(expected) {
        assert_eq!(row["username"], name, "{row}");
        assert!(row["reason"].as_str().unwrap().starts_with(reason), "{row}");
    }
    assert_eq!(names(dir.path()), ["ada", "bob", "hal", "kim", "taken"]);
}

#[test]
fn people_read_refusals_on_standard_error() {
    let dir = with_taken();
    let (mut file, refused) = mixed();
    file += "{\"username\":\"\\u001b[2J\"}\n";
    let output = fed(dir.path(), &["import", "-"], file.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    let numbers: Vec<u64> = told
        .lines()
        .filter_map(|line| line.strip_prefix("line "))
        .map(|line| line.split([',', ':']).next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, [&refused[..], &[14]].concat());
    assert!(told.contains("line 7, username \"ADA\": username stands in line 1 already\n"));
    assert!(!told.contains('\u{1b}') && !told.contains("$2b$"), "{told}");
    let counts = text(&output.stdout);
    assert_eq!(
        counts,
        "4 accounts are imported, 0 are there already, 8 lines are refused.\n"
    );
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    let dir = with_taken();
    let (file, _) = mixed();
    let dry = fed(
        dir.path(),
        &["import", "-", "--json", "--dry-run"],
        file.as_bytes(),
    );
    assert_eq!(dry.status.code(), Some(1));
    assert_eq!(names(dir.path()), ["taken"]);
    let real = fed(dir.path(), &["import", "-", "--json"], file.as_bytes());
    let ((dry, dry_counts), (real, real_counts)) = (refusals(&dry), refusals(&real));
    assert_eq!(dry, real);
    assert_eq!(dry_counts["imported"], real_counts["imported"]);
    assert_eq!(dry_counts["dry_run"], true);
}

#[tokio::test]
async fn an_imported_user_logs_in_and_then_has_a_hash_of_ones_own() {
    let dir = migrated();
    let path = dir.path().join("users.jsonl");
    std::fs::write(&path, line("ada")).unwrap();
    let output = users(dir.path(), &["import", "users.jsonl"]);
    assert_done(&output);
    assert_eq!(
        text(&output.stdout),
        "1 accounts are imported, 0 are there already, 0 lines are refused.\n"
    );
    assert_eq!(text(&output.stderr), "");
    let hash = || rows(dir.path(), "SELECT password_hash FROM users");
    assert_eq!(hash().await, [[format!("imported:{BCRYPT}")]]);
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    assert!(server.log_in("ada", "wrong horse").await.is_err());
    assert!(server.log_in("ada", "correct horse").await.is_ok());
    assert!(hash().await[0][0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(server.log_in("ada", "correct horse").await.is_ok());
    server.stop();
    let events = rows(dir.path(), "SELECT action, actor FROM audit_events").await;
    assert_eq!(events, [["user.import", "command_line"]]);
}

#[test]
fn a_terminal_shows_how_far_it_is() {
    let dir = migrated();
    std::fs::write(dir.path().join("users.jsonl"), line("ada") + "x\n").unwrap();
    let mut command = signet(dir.path());
    command
        .args(["users", "import", "users.jsonl"])
        .env("TERM", "xterm");
    let (status, shown) = Terminal::run(command).end();
    assert_eq!(status.code(), Some(1), "{shown}");
    assert!(
        shown.contains("100%") && shown.contains("1 imported, 1 refused"),
        "{shown:?}"
    );
    assert!(
        shown.contains("line 2: it is not a JSON object"),
        "{shown:?}"
    );
}

#[test]
fn an_admin_can_be_imported() {
    let dir = migrated();
    let admin = line("ada").replacen('{', "{\"roles\":[\"admin\"],", 1);
    assert_done(&fed(dir.path(), &["import", "-"], admin.as_bytes()));
    let refused = users(dir.path(), &["disable", "ada"]);
    assert_eq!(refused.status.code(), Some(1));
}

#[tokio::test]
async fn an_id_is_kept_skipped_where_it_is_there_and_refused_where_another_has_it() {
    const ID: &str = "4057e765-97c5-4da6-8a3e-b6687e3c089c";
    let dir = migrated();
    let import = |name| {
        let line = line(name).replacen('{', &format!("{{\"id\":\"{ID}\","), 1);
        fed(dir.path(), &["import", "-"], line.as_bytes())
    };
    assert_done(&import("ada"));
    let ids = rows(dir.path(), "SELECT id FROM users");
    assert_eq!(ids.await, [[ID]]);
    let again = import("ada");
    assert_done(&again);
    assert!(text(&again.stdout).contains("1 are there already"));
    let taken = import("bob");
    assert_eq!(taken.status.code(), Some(1));
    let told = text(&taken.stderr);
    let expected = "line 1, username \"bob\": another account has the id\n";
    assert!(told.contains(expected), "{told}");
    assert_eq!(names(dir.path()), ["ada"]);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let dir = migrated();
    for path in ["missing.jsonl", "."] {
        let output = users(dir.path(), &["import", path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(text(&output.stderr).contains("cannot read"));
    }
}

#[test]
fn an_empty_file_imports_nobody() {
    let dir = migrated();
    assert_done(&fed(dir.path(), &["import", "-"], b""));
    assert_eq!(names(dir.path()), [""; 0]);
}
