//! Where the state lives, and what a server may take of PostgreSQL.

use std::{path::PathBuf, time::Duration};

use super::{
    ConfigError, DatabaseUrl,
    forms::{duration, number},
    sources::Values,
};
use crate::adapters::database::PostgresLimits;

const POOL_SIZE: &str = "database_pool_size";
const CONNECT: &str = "database_connect_timeout";
const ACQUIRE: &str = "database_acquire_timeout";
const STATEMENT: &str = "database_statement_timeout";

/// `file`: the database where none is configured.
pub(super) fn url(values: &Values, file: PathBuf) -> Result<DatabaseUrl, ConfigError> {
    match values.optional_text("database_url")? {
        Some(url) => values.check("database_url", url.parse()),
        None => Ok(DatabaseUrl::Sqlite(file)),
    }
}

/// Of SQLite's one process there is nothing to limit: what is set would do
/// nothing there. In dev mode it is left alone like the URL that it goes with.
pub(super) fn limits(
    values: &Values,
    database: &DatabaseUrl,
    dev: bool,
) -> Result<PostgresLimits, ConfigError> {
    if !dev && matches!(database, DatabaseUrl::Sqlite(_)) {
        for name in [POOL_SIZE, CONNECT, ACQUIRE, STATEMENT] {
            if values.optional_text(name)?.is_some() {
                let reason = "means nothing for SQLite: it goes with a postgres:// URL in \
                              SIGNET_DATABASE_URL";
                return Err(ConfigError::invalid(name, reason));
            }
        }
    }
    let pool_size = match values.optional_text(POOL_SIZE)? {
        Some(_) => number(values, POOL_SIZE, 2..=1000)?,
        None => 10,
    };
    Ok(PostgresLimits {
        pool_size,
        connect_timeout: timeout(values, CONNECT, 10)?,
        acquire_timeout: timeout(values, ACQUIRE, 5)?,
        statement_timeout: timeout(values, STATEMENT, 10)?,
        migration_wait: PostgresLimits::MIGRATION_WAIT,
    })
}

fn timeout(values: &Values, name: &str, default_seconds: u64) -> Result<Duration, ConfigError> {
    const LEAST: Duration = Duration::from_millis(100);
    const MOST: Duration = Duration::from_mins(5);
    if values.optional_text(name)?.is_none() {
        return Ok(Duration::from_secs(default_seconds));
    }
    let timeout = duration(values, name)?;
    if (LEAST..=MOST).contains(&timeout) {
        Ok(timeout)
    } else {
        Err(ConfigError::invalid(name, "expected 100ms to 5min"))
    }
}
