//! The page of the documentation that lists the settings.

use crate::config::{SETTING_GROUPS, Setting, SettingGroup};

const INTRODUCTION: &str = "\
# Configuration

Settings are read from `signet.toml` (or the file that `--config` names), then from the environment,
then from the flags of `serve`; the later one counts. An unknown setting is an error. In the file the names
are written in lower case without `SIGNET_`: `access_token_ttl = \"15m\"`. Lists are arrays in the file, and
separated by commas elsewhere. Durations are written like `500ms`, `10s`, `15m`, `1day`.

`signet config` prints the settings that are in force, secrets hidden; `signet doctor` checks them against the
machine. The master key is no setting: it comes from `NOT_MY_KEY` or `NOT_MY_KEY_FILE`, former
ones from `NOT_MY_KEY_PREVIOUS` or `NOT_MY_KEY_PREVIOUS_FILE`.

This page is what `signet config --reference` prints.
";

pub(super) fn page() -> String {
    let sections = SETTING_GROUPS.iter().map(section);
    INTRODUCTION.to_owned() + &sections.collect::<String>()
}

fn section(group: &SettingGroup) -> String {
    let rows: String = group.settings.iter().map(row).collect();
    let SettingGroup { title, .. } = group;
    format!("\n## {title}\n\n| variable | default | meaning |\n| --- | --- | --- |\n{rows}")
}

fn row(setting: &Setting) -> String {
    let default = match setting.default {
        "" => String::new(),
        default => format!("`{default}`"),
    };
    let name = setting.name.to_ascii_uppercase();
    format!("| `SIGNET_{name}` | {default} | {} |\n", setting.meaning)
}
