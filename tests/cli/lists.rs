//! Lists and reports: how people see them, and how programs do.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use super::users::{create, migrated};
use crate::support::{
    process::{run, signet, text},
    terminal::Terminal,
};

/// A command, and the terminal that it would be on.
fn command(dir: &Path, args: &[&str], terminal: &str) -> Command {
    let mut command = signet(dir);
    command
        .args(args)
        .env_remove("NO_COLOR")
        .env("TERM", terminal);
    command
}

/// What a terminal shows of a command that succeeds.
fn shown(command: Command) -> String {
    let (status, shown) = Terminal::run(command).end();
    assert!(status.success(), "{shown}");
    shown.replace("\r\n", "\n")
}

/// A folder whose database has an active account and a disabled one.
fn with_accounts() -> tempfile::TempDir {
    let dir = migrated();
    create(dir.path(), "ada", &["--role", "admin"]);
    create(dir.path(), "bob", &[]);
    let disabled = run(signet(dir.path()).args(["users", "disable", "bob"]));
    assert!(disabled.status.success(), "{}", text(&disabled.stderr));
    dir
}

const LIST: [&str; 2] = ["users", "list"];

#[test]
fn a_program_reads_one_line_a_row_with_tabs_and_no_heading() {
    let dir = with_accounts();
    let listed = text(&run(&mut command(dir.path(), &LIST, "xterm")).stdout);
    let rows: Vec<Vec<_>> = listed
        .lines()
        .map(|row| row.split('\t').collect())
        .collect();
    assert_eq!(rows.len(), 2, "{listed}");
    assert_eq!(rows[0][..4], ["bob", "bob@example.com", "disabled", ""]);
    assert_eq!(rows[1][..4], ["ada", "ada@example.com", "active", "admin"]);
    assert!(rows.iter().all(|row| row.len() == 6), "{listed}");
}

#[test]
fn a_terminal_shows_columns_under_a_bold_heading_and_states_in_colour() {
    let dir = with_accounts();
    let listed = shown(command(dir.path(), &LIST, "xterm"));
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("\x1b[1mUSERNAME\x1b[0m  \x1b[1mEMAIL"));
    assert!(lines[1].starts_with("bob       bob@example.com  \x1b[31mdisabled\x1b[0m"));
    assert!(lines[2].starts_with("ada       ada@example.com  \x1b[32mactive\x1b[0m    admin"));
}

#[test]
fn a_terminal_without_colours_shows_the_same_columns() {
    let dir = with_accounts();
    let mut unwanted = command(dir.path(), &LIST, "xterm");
    unwanted.env("NO_COLOR", "1");
    for command in [unwanted, command(dir.path(), &LIST, "dumb")] {
        let listed = shown(command);
        assert!(listed.starts_with("USERNAME  EMAIL            STATUS    ROLES"));
        assert!(!listed.contains(['\x1b', '\t']), "{listed:?}");
    }
}

#[test]
fn an_empty_list_gives_programs_no_line() {
    let dir = migrated();
    for args in [LIST, ["clients", "list"], ["keys", "list"]] {
        let output = run(&mut command(dir.path(), &args, "xterm"));
        assert!(output.status.success() && output.stdout.is_empty());
        assert!(text(&output.stderr).starts_with("There are no "));
    }
}

/// The commands that show a secret, each with the fields that it prints.
const SECRETS: [(&[&str], &[&str], &str); 3] = [
    (
        &["users", "create", "kim", "--email", "kim@example.com"],
        &["id", "username", "password"],
        "The password is shown this once.",
    ),
    (
        &["users", "reset-password", "ada"],
        &["id", "username", "password"],
        "The password is shown this once.",
    ),
    (
        &["clients", "create", "billing"],
        &["client_id", "client_secret", "scope", "audience"],
        "The secret is shown this once.",
    ),
];

#[test]
fn a_program_reads_a_new_secret_as_fields_and_values_with_a_tab_and_no_prose() {
    let dir = with_accounts();
    for (args, fields, _) in SECRETS {
        let made = run(&mut command(dir.path(), args, "xterm"));
        assert!(made.status.success(), "{}", text(&made.stderr));
        let read = text(&made.stdout);
        let rows = read.lines().map(|row| row.split('\t').collect::<Vec<_>>());
        let rows: Vec<_> = rows.collect();
        assert!(rows.iter().all(|row| row.len() == 2), "{read:?}");
        let names: Vec<_> = rows.iter().map(|row| row[0]).collect();
        assert_eq!(names, fields);
    }
}

#[test]
fn a_terminal_shows_a_new_secret_in_columns_and_says_that_it_is_shown_once() {
    let dir = with_accounts();
    for (args, fields, remark) in SECRETS {
        let seen = shown(command(dir.path(), args, "dumb"));
        let (table, said) = seen.split_once("\n\n").unwrap();
        assert_eq!(said, format!("{remark}\n"));
        assert_eq!(table.lines().count(), fields.len());
        assert!(!table.contains('\t'), "{table}");
        for (row, field) in table.lines().zip(fields) {
            assert!(row.starts_with(field), "{table}");
        }
    }
}

#[test]
fn an_audience_cannot_speak_to_the_terminal_or_end_a_field() {
    let dir = migrated();
    let create = ["clients", "create", "a", "--audience", "x\t\x1b[2Jy"];
    let created = run(signet(dir.path()).args(create));
    assert!(created.status.success(), "{}", text(&created.stderr));
    let list = ["clients", "list"];
    let listed = shown(command(dir.path(), &list, "xterm"));
    assert!(listed.contains("x  [2Jy"), "{listed:?}");
    let piped = text(&run(&mut command(dir.path(), &list, "xterm")).stdout);
    assert_eq!(piped.matches('\t').count(), 3, "{piped:?}");
}

#[test]
fn a_terminal_shows_the_number_of_a_letter_that_nobody_would_see() {
    let dir = migrated();
    // Right-to-left override, and a space of no width.
    let name = "ada\u{202e}\u{200b}";
    create(dir.path(), "ada", &["--display-name", name]);
    let show = ["users", "show", "ada"];
    let seen = shown(command(dir.path(), &show, "xterm"));
    assert!(seen.contains("ada\\u{202e}\\u{200b}"), "{seen}");
    let read = text(&run(&mut command(dir.path(), &show, "xterm")).stdout);
    assert!(read.contains(name), "{read}");
}

#[test]
fn a_list_that_nobody_reads_any_more_ends_without_a_word() {
    let dir = with_accounts();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut list = command(dir.path(), &LIST, "xterm");
    let listing = list.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let output = listing.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn the_doctor_colours_its_findings_on_a_terminal_alone() {
    let dir = migrated();
    let args = ["doctor"];
    let piped = run(&mut command(dir.path(), &args, "xterm"));
    assert!(!text(&piped.stdout).contains('\x1b'));
    let (_, shown) = Terminal::run(command(dir.path(), &args, "xterm")).end();
    assert!(shown.contains("\x1b[32mok  \x1b[0m"), "{shown:?}");
}
