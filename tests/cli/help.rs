use std::path::Path;

use crate::support::process::{run, signet, text};

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

/// Every command that has none under it, with its help.
fn commands(dir: &Path) -> Vec<(String, String)> {
    let mut left: Vec<Vec<String>> = vec![Vec::new()];
    let mut found = Vec::new();
    while let Some(command) = left.pop() {
        let help = help(dir, &command);
        let under = subcommands(&help);
        if under.is_empty() {
            found.push((command.join(" "), help));
            continue;
        }
        left.extend(
            under
                .into_iter()
                .map(|name| [&command[..], &[name]].concat()),
        );
    }
    assert!(found.len() >= 25, "{}", found.len());
    found
}

#[test]
fn the_help_of_every_command_shows_an_example_of_it() {
    let dir = tempfile::tempdir().unwrap();
    for (command, help) in commands(dir.path()) {
        let name = format!("signet {command}");
        let (_, examples) = help
            .split_once("\nExample")
            .unwrap_or_else(|| panic!("{name} has no example"));
        assert!(examples.contains(&name), "{name}: {examples}");
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
