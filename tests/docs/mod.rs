//! What the documentation says, held against the code.

use signet::config::SETTINGS;

#[test]
fn the_readme_lists_every_setting_with_its_default_and_meaning() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let rows: Vec<_> = readme
        .lines()
        .filter(|line| line.starts_with("| `SIGNET_"))
        .collect();
    let expected: Vec<_> = SETTINGS
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!("`{default}`"),
            };
            let name = setting.name.to_ascii_uppercase();
            format!("| `SIGNET_{name}` | {default} | {} |", setting.meaning)
        })
        .collect();
    assert_eq!(rows, expected);
}
