//! Output that nobody reads, or whose disk is full: what was asked for is done, the exit
//! code tells how it went, and the error what was made.

use std::{
    fs::{self, File},
    io,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::{
    keys::{command, in_state},
    users::{create, line, migrated},
};
use crate::support::{
    process::{MASTER_KEY, RunningServer, run, signet, text},
    terminal::Terminal,
};

fn full_disk() -> Stdio {
    File::options()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

fn closed_pipe() -> Stdio {
    let (_, writer) = io::pipe().unwrap();
    writer.into()
}

const UNREAD: [fn() -> Stdio; 2] = [full_disk, closed_pipe];

/// Runs a command whose standard error is lost.
fn unread(command: &mut Command, stderr: fn() -> Stdio) -> Output {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = command.stderr(stderr()).spawn().unwrap();
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A folder whose database holds the keys of a first start.
fn with_keys() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start(&mut command(dir.path())).stop();
    dir
}

fn names(dir: &Path) -> Vec<String> {
    let listed = run(signet(dir).args(["users", "list"]));
    let names = text(&listed.stdout);
    let names = names.lines().filter_map(|row| row.split('\t').next());
    names.map(str::to_owned).collect()
}

#[test]
fn an_error_that_nobody_reads_has_its_exit_code() {
    for stderr in UNREAD {
        for (arguments, code) in [
            ("users list", 2),
            ("serve", 2),
            ("keys rotate", 2),
            ("healthcheck", 1),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let mut command = signet(dir.path());
            // Nobody can listen there.
            command.env("SIGNET_LISTEN", "127.0.0.1:0");
            let output = unread(command.args(arguments.split(' ')), stderr);
            assert_eq!(output.status.code(), Some(code), "{arguments}");
        }
    }
}

#[test]
fn a_list_whose_emptiness_nobody_is_told_of_is_done() {
    let dir = migrated();
    for stderr in UNREAD {
        for list in ["users", "clients", "keys"] {
            let output = unread(signet(dir.path()).args([list, "list"]), stderr);
            assert_eq!(output.status.code(), Some(0), "{list}");
        }
    }
}

#[test]
fn a_master_key_is_rotated_though_nobody_reads_the_warning() {
    for stderr in UNREAD {
        let dir = with_keys();
        let mut rotate = command(dir.path());
        rotate
            .args(["master-key", "rotate", "--json"])
            .env("NOT_MY_KEY", "fedcba9876543210fedcba9876543210")
            .env("NOT_MY_KEY_PREVIOUS", MASTER_KEY);
        let output = unread(&mut rotate, stderr);
        assert_eq!(output.status.code(), Some(0));
        let done = json(&output);
        assert_ne!(done["changed"], 0);
        assert_eq!(done["unchanged"], 0);
    }
}

#[test]
fn a_key_is_revoked_though_nobody_reads_what_that_means() {
    for stderr in UNREAD {
        let dir = with_keys();
        let kid = in_state(dir.path(), "active");
        let mut revoke = command(dir.path());
        revoke.args(["keys", "revoke", &kid, "--yes", "--json"]);
        let output = unread(&mut revoke, stderr);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(json(&output)["was"], "active");
        assert_ne!(in_state(dir.path(), "active"), kid);
    }
}

#[test]
fn an_import_goes_on_after_a_line_whose_refusal_nobody_reads() {
    for stderr in UNREAD {
        let dir = migrated();
        let lines = format!("nonsense\n{}", line("ada"));
        fs::write(dir.path().join("users.jsonl"), lines).unwrap();
        let import = ["users", "import", "users.jsonl"];
        let output = unread(signet(dir.path()).args(import), stderr);
        assert_eq!(output.status.code(), Some(1));
        let counted = text(&output.stdout);
        assert!(counted.starts_with("1 accounts are imported"), "{counted}");
        assert_eq!(names(dir.path()), ["ada"]);
    }
}

#[test]
fn accounts_are_exported_though_nobody_reads_the_warning() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    let path = dir.path().join("users.jsonl");
    for stderr in UNREAD {
        let file = File::create(&path).unwrap();
        let mut export = signet(dir.path());
        export.args(["users", "export"]).stdin(Stdio::null());
        let status = export.stdout(file).stderr(stderr()).status().unwrap();
        assert_eq!(status.code(), Some(0));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1);
    }
}

#[test]
fn a_question_that_nobody_sees_is_not_taken_for_answered() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    let mut shell = Command::new("sh");
    let signet = signet(dir.path());
    let script = "echo ready; \"$0\" users delete ada 2>/dev/full; echo ended $?";
    shell.args(["-c", script]).arg(signet.get_program());
    shell.current_dir(dir.path());
    for (name, value) in signet.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut terminal = Terminal::run(shell);
    terminal.wait_for("ready");
    terminal.type_line("yes");
    let (_, shown) = terminal.end();
    assert!(shown.contains("ended 3"), "{shown}");
    assert_eq!(names(dir.path()), ["ada"]);
}

/// What is told by a command whose standard output is lost.
fn unseen(command: &mut Command, stdout: fn() -> Stdio, code: i32) -> String {
    let command = command.stdin(Stdio::null()).stdout(stdout());
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(told.contains("cannot write to standard output: "), "{told}");
    told
}

const UNSEEN: [(fn() -> Stdio, i32); 2] = [(full_disk, 3), (closed_pipe, 141)];

#[test]
fn an_account_whose_password_nobody_saw_is_told_with_the_command_that_makes_another() {
    let create = ["create", "ada", "--email", "ada@example.com"];
    for (stdout, code) in UNSEEN {
        let dir = migrated();
        for (arguments, done) in [
            (&create[..], "Account ada is made"),
            (&["reset-password", "ada"], "Account ada has a new password"),
            (
                &["reset-password", "ada", "--json"],
                "Account ada has a new password",
            ),
        ] {
            let mut command = signet(dir.path());
            let told = unseen(command.arg("users").args(arguments), stdout, code);
            assert!(told.contains(done), "{told}");
            assert!(told.contains("`signet users reset-password ada`"), "{told}");
        }
        assert_eq!(names(dir.path()), ["ada"]);
    }
}

#[test]
fn a_client_whose_secret_nobody_saw_is_told_with_the_command_that_deletes_it() {
    for (stdout, code) in UNSEEN {
        let dir = migrated();
        for (name, json) in [("billing", None), ("reports", Some("--json"))] {
            let mut command = signet(dir.path());
            command.args(["clients", "create", name]).args(json);
            let told = unseen(&mut command, stdout, code);
            let (_, advice) = told.split_once("`signet clients delete ").unwrap();
            let id = advice.split('`').next().unwrap();
            let deleted = run(signet(dir.path()).args(["clients", "delete", id]));
            assert!(deleted.status.success(), "{}", text(&deleted.stderr));
        }
    }
}

#[test]
fn a_change_that_nobody_is_shown_is_told_with_what_shows_it() {
    for (stdout, code) in UNSEEN {
        let dir = with_keys();
        create(dir.path(), "ada", &[]);
        let client = run(signet(dir.path()).args(["clients", "create", "billing"]));
        assert!(client.status.success(), "{}", text(&client.stderr));
        fs::write(dir.path().join("users.jsonl"), line("bob")).unwrap();
        let revoke = format!(
            "keys revoke {} --yes --json",
            in_state(dir.path(), "active")
        );
        for (arguments, done) in [
            ("users disable ada", "`signet users show ada`"),
            ("users grant ada editor --json", "`signet users show ada`"),
            ("users import users.jsonl", "1 accounts are imported"),
            ("users delete ada --yes", "is deleted with its sessions"),
            (
                "clients delete billing",
                "is deleted and gets no more tokens",
            ),
            ("migrate", "0 migrations applied"),
            ("backup copy.db", "copy.db holds the database"),
            ("refresh-key rotate", "Refresh key "),
            ("master-key rotate", "`signet keys list`"),
            (&revoke, "is revoked: `signet keys list`"),
        ] {
            let mut command = command(dir.path());
            let told = unseen(command.args(arguments.split(' ')), stdout, code);
            assert!(told.contains(done), "{arguments}: {done} in {told}");
        }
    }
}

#[test]
fn a_key_is_not_revoked_where_what_that_means_cannot_be_shown() {
    let dir = with_keys();
    let kid = in_state(dir.path(), "active");
    for (stdout, code) in UNSEEN {
        let mut revoke = command(dir.path());
        revoke.args(["keys", "revoke", &kid, "--yes"]);
        let told = unseen(&mut revoke, stdout, code);
        assert!(told.contains("Nothing was changed"), "{told}");
        assert_eq!(in_state(dir.path(), "active"), kid);
    }
}
