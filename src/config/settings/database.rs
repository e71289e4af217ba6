//! Where the state is kept.

use super::{Setting, SettingGroup, setting};

pub(super) const GROUP: SettingGroup = SettingGroup {
    title: "Database",
    settings: SETTINGS,
};

const SETTINGS: &[Setting] = &[
    setting(
        "data_dir",
        "./data",
        "folder of the database; made with mode 0700",
    ),
    setting(
        "database_url",
        "",
        "`sqlite:PATH`, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; by default `signet.db` in the data folder",
    ),
    setting(
        "database_pool_size",
        "",
        "connections to PostgreSQL, 2 to 1000; by default 10",
    ),
    setting(
        "database_connect_timeout",
        "",
        "how long a start waits for PostgreSQL, `100ms` to `5min`; by default `10s`",
    ),
    setting(
        "database_acquire_timeout",
        "",
        "how long a request waits for a connection to PostgreSQL, `100ms` to `5min`; by default `5s`",
    ),
    setting(
        "database_statement_timeout",
        "",
        "how long PostgreSQL works on one statement, `100ms` to `5min`; by default `10s`",
    ),
    setting(
        "migrate_on_start",
        "true",
        "whether `serve` brings the schema up to date",
    ),
];
