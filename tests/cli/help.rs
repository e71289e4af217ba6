use std::path::Path;

use crate::support::{
    process::{run, signet, text},
    shell,
};

fn help(dir: &Path, command: &[String]) -> String {
    text(&run(signet(dir).args(command).arg("--help")).stdout)
}

/// The commands under one, as its help lists them.
fn subcommands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every page of help: the command that it is of, and whether there are some under it.
fn pages(dir: &Path) -> Vec<(Vec<String>, bool, String)> {
    let mut left: Vec<Vec<String>> = vec![Vec::new()];
    let mut found = Vec::new();
    while let Some(command) = left.pop() {
        let help = help(dir, &command);
        let under = subcommands(&help);
        let is_group = !under.is_empty();
        left.extend(
            under
                .into_iter()
                .map(|name| [&command[..], &[name]].concat()),
        );
        found.push((command, is_group, help));
    }
    assert!(found.len() >= 35, "{}", found.len());
    found
}

/// Every command that has none under it, with its help.
fn commands(dir: &Path) -> Vec<(String, String)> {
    let pages = pages(dir).into_iter();
    let commands = pages.filter(|(_, is_group, _)| !is_group);
    commands
        .map(|(command, _, help)| (command.join(" "), help))
        .collect()
}

#[test]
fn every_page_of_help_shows_an_example_that_the_command_line_takes() {
    let dir = tempfile::tempdir().unwrap();
    for (command, _, help) in pages(dir.path()) {
        let page = [&["signet".to_owned()], &command[..]].concat();
        let (_, examples) = help
            .split_once("\nExample")
            .unwrap_or_else(|| panic!("{page:?} has no example"));
        let (_, lines) = examples.split_once(":\n").unwrap();
        let shown: Vec<_> = (shell::commands(lines).into_iter())
            .filter(|words| words[0] == "signet")
            .collect();
        assert!(
            shown.iter().any(|words| words.starts_with(&page)),
            "{page:?}"
        );
        for words in shown {
            if let Err(refusal) = signet::cli::command().try_get_matches_from(&words) {
                panic!("{page:?}: {refusal}");
            }
        }
    }
}

/// Commands whose result is a text of its own kind, or nothing.
const WITHOUT_JSON: [(&str, &str); 9] = [
    ("completions", "a shell reads it"),
    ("config", "it prints a configuration file"),
    ("healthcheck", "the exit code is the answer"),
    ("keygen", "it prints one word"),
    ("keys export", "it prints a JWK set or PEM"),
    ("man", "it writes files"),
    ("openapi", "it prints JSON anyway"),
    ("serve", "it answers over HTTP"),
    ("users export", "it prints JSON lines anyway"),
];

#[test]
fn every_command_that_prints_a_result_prints_it_as_json() {
    let dir = tempfile::tempdir().unwrap();
    for (command, help) in commands(dir.path()) {
        let excepted = WITHOUT_JSON.iter().any(|(name, _)| *name == command);
        assert_ne!(help.contains("      --json"), excepted, "signet {command}");
    }
}
