//! What is shipped for systemd, as far as it can be tried without one that runs.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::process::{run, text};

const UNITS: [&str; 3] = [
    "signet.service",
    "signet-backup.service",
    "signet-backup.timer",
];

/// Tells with what it was run, and beside it which former master key it was given.
const SIGNET: &str = r#"#!/bin/sh
printf '%s\n' "$NOT_MY_KEY_FILE" "$@"
printf '%s' "$NOT_MY_KEY_PREVIOUS_FILE" >&2
"#;

/// Runs what it is given as systemd would: of two dollars one is left. The options
/// before it go to a file.
const SYSTEMD_RUN: &str = r#"#!/usr/bin/env bash
while [ "$1" != -- ]; do
    printf '%s\n' "$1" >>options
    shift
done
shift
CREDENTIALS_DIRECTORY=/run/credentials/unit exec "${@//\$\$/\$}"
"#;

fn programs() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, script) in [("signet", SIGNET), ("systemd-run", SYSTEMD_RUN)] {
        let file = dir.path().join(name);
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    dir
}

/// Runs the script with these programs before all others.
fn administer(dir: &Path, script: &Path, words: &[&str]) -> Output {
    let path = format!("{}:{}", dir.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(script);
    command.args(words);
    run(command.current_dir(dir).env("PATH", path))
}

fn shipped(name: &str) -> String {
    fs::read_to_string(Path::new("docs/deploy").join(name)).unwrap()
}

/// The values of a setting in a unit's file.
fn values<'a>(unit: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    unit.lines()
        .filter_map(move |line| line.strip_prefix(name)?.strip_prefix('='))
}

#[test]
fn an_admin_s_command_runs_as_the_service_does_with_the_words_that_it_was_given() {
    let dir = programs();
    let words = ["users", "show", "$HOME ${HOME} $$", "", "it's \"one\" word"];
    let script = fs::canonicalize("docs/deploy/signet-admin").unwrap();
    let output = administer(dir.path(), &script, &words);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    let mut lines = said.lines();
    assert_eq!(lines.next(), Some("/run/credentials/unit/master.key"));
    assert_eq!(lines.collect::<Vec<_>>(), words);
    let options = fs::read_to_string(dir.path().join("options")).unwrap();
    let unit = shipped("signet.service");
    for name in ["EnvironmentFile", "LoadCredential", "UMask"] {
        for value in values(&unit, name) {
            let option = format!("--property={name}={value}");
            assert!(options.lines().any(|line| line == option), "{option}");
        }
    }
    assert!(options.contains("--uid=signet\n"), "{options}");
}

#[test]
fn an_admin_s_command_gets_the_former_master_key_while_that_is_there() {
    let dir = programs();
    let etc = dir.path().join("etc").display().to_string();
    fs::create_dir(&etc).unwrap();
    let script = dir.path().join("signet-admin");
    let adapted = shipped("signet-admin").replace("/etc/signet", &etc);
    let former = Path::new(&etc).join("previous.key");
    let option = format!(
        "--property=LoadCredential=previous.key:{}",
        former.display()
    );
    fs::write(&script, adapted).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let given = || {
        let output = administer(dir.path(), &script, &["keys", "list"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stdout);
        assert_eq!(said, "/run/credentials/unit/master.key\nkeys\nlist\n");
        let options = fs::read_to_string(dir.path().join("options")).unwrap();
        fs::remove_file(dir.path().join("options")).unwrap();
        let loaded = options.lines().any(|line| line == option);
        (text(&output.stderr), loaded)
    };
    assert_eq!(given(), (String::new(), false));
    fs::write(&former, "").unwrap();
    let key = "/run/credentials/unit/previous.key".to_owned();
    assert_eq!(given(), (key, true));
}

#[test]
fn the_backup_of_the_timer_has_a_name_of_its_own_and_the_settings_of_the_server() {
    let (backup, server) = (shipped("signet-backup.service"), shipped("signet.service"));
    for name in ["User", "EnvironmentFile", "LoadCredential", "UMask"] {
        let pair = [&backup, &server].map(|unit| values(unit, name).collect::<Vec<_>>());
        assert_eq!(pair[0], pair[1], "{name}");
    }
    for variable in values(&server, "Environment") {
        assert!(values(&backup, "Environment").any(|other| other == variable));
    }
    let dir = programs();
    let line = values(&backup, "ExecStart").next().unwrap();
    let line = line.replace("%%", "%").replace("$$", "$");
    let signet = dir.path().join("signet").display().to_string();
    let line = line.replace("/usr/local/bin/signet", &signet);
    let output = run(Command::new("sh").args(["-c", &line]));
    let said = text(&output.stdout);
    let file = said.lines().last().unwrap();
    let of = file
        .strip_prefix("/var/lib/signet-backups/signet-")
        .and_then(|file| file.strip_suffix(".db"));
    let of = chrono::NaiveDateTime::parse_from_str(of.unwrap(), "%Y-%m-%d-%H%M%S");
    assert!(of.is_ok(), "{file}");
}

/// Where `systemd-analyze` is: it wants the programs to be there.
fn analyze(dir: &Path, options: &[&str], unit: &str) -> Option<Output> {
    let mut command = Command::new("systemd-analyze");
    let output = command.args(options).arg(dir.join(unit)).output().ok()?;
    Some(output)
}

#[test]
fn systemd_understands_the_units_and_finds_little_that_is_exposed() {
    let dir = programs();
    let signet = dir.path().join("signet").display().to_string();
    for name in UNITS {
        let unit = shipped(name).replace("/usr/local/bin/signet", &signet);
        fs::write(dir.path().join(name), unit).unwrap();
    }
    for name in UNITS {
        let Some(verified) = analyze(dir.path(), &["verify", "--man=no"], name) else {
            return;
        };
        let said = text(&verified.stderr);
        assert!(verified.status.success(), "{name}: {said}");
        let of_ours = said.lines().find(|line| line.contains("signet"));
        assert_eq!(of_ours, None, "{name}");
        if name.ends_with(".service") {
            let options = ["security", "--offline=true", "--threshold=15", "--no-pager"];
            let judged = analyze(dir.path(), &options, name).unwrap();
            assert!(judged.status.success(), "{name}: {}", text(&judged.stdout));
        }
    }
}
