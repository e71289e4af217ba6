//! Every setting by its name, with its default and its meaning: one file for each
//! group that the documentation shows.

mod accounts;
mod connections;
mod database;
mod hashing;
mod limits;
mod operations;
mod server;
mod tokens;

use super::setting::{Setting, setting};

/// Settings that belong together.
#[derive(Clone, Copy, Debug)]
pub struct SettingGroup {
    pub title: &'static str,
    pub settings: &'static [Setting],
}

/// In the order of the documentation.
pub const SETTING_GROUPS: &[SettingGroup] = &[
    server::GROUP,
    connections::GROUP,
    database::GROUP,
    tokens::GROUP,
    accounts::GROUP,
    hashing::GROUP,
    limits::GROUP,
    operations::GROUP,
];

pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTING_GROUPS.iter().flat_map(|group| group.settings)
}
