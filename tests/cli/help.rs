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

#[test]
fn the_help_of_every_command_shows_an_example_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut commands: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(command) = commands.pop() {
        let help = help(dir.path(), &command);
        let under = subcommands(&help);
        if under.is_empty() {
            seen += 1;
            let name = format!("signet {}", command.join(" "));
            let (_, examples) = help
                .split_once("\nExample")
                .unwrap_or_else(|| panic!("{name} has no example"));
            assert!(examples.contains(&name), "{name}: {examples}");
        }
        commands.extend(
            under
                .into_iter()
                .map(|name| [&command[..], &[name]].concat()),
        );
    }
    assert!(seen >= 25, "{seen}");
}
