use super::{
    database::{Keys, of_schema_and_keys},
    report::{Check, reason},
};
use crate::{
    adapters::database::{Database, PostgresLimits, PostgresUrl},
    ports::StorageError,
};

/// Reads the database; the signing keys are returned where there are any rows to read.
pub(super) async fn check(url: &PostgresUrl, limits: PostgresLimits) -> (Option<Keys>, Vec<Check>) {
    let database = match Database::open_postgres(url, limits).await {
        Ok(database) => database,
        Err(error) => {
            let found = format!("{url} cannot be used: {}", reason(error));
            let advice = "correct SIGNET_DATABASE_URL, or start PostgreSQL";
            return (None, vec![Check::fail("database", found, advice)]);
        }
    };
    let mut checks = vec![Check::ok("database", format!("{url} answers"))];
    let settings = of_settings(&database).await;
    let keys = of_schema_and_keys(database, settings, &mut checks).await;
    (keys, checks)
}

/// What Signet's promises rest on, and what is wrong.
const WANTED: [(&str, &str, &str); 3] = [
    (
        "server_encoding",
        "UTF8",
        "make the database with ENCODING 'UTF8'",
    ),
    (
        "fsync",
        "on",
        "set fsync = on: a crash may destroy the database",
    ),
    (
        "full_page_writes",
        "on",
        "set full_page_writes = on: a crash may destroy the database",
    ),
];

async fn of_settings(database: &Database) -> Check {
    match settings(database).await {
        Ok(check) => check,
        Err(error) => {
            let advice = "see PostgreSQL's log";
            Check::fail("PostgreSQL settings", reason(error), advice)
        }
    }
}

async fn settings(database: &Database) -> Result<Check, StorageError> {
    const CHECK: &str = "PostgreSQL settings";
    let version = database.server_setting("server_version").await?;
    let commit = database.server_setting("synchronous_commit").await?;
    let mut found = format!("version {version}, synchronous_commit {commit}");
    let mut advice = Vec::new();
    if commit == "off" {
        advice.push("set synchronous_commit = on: what was answered may be lost in a crash");
    }
    for (name, wanted, otherwise) in WANTED {
        let value = database.server_setting(name).await?;
        if value != wanted {
            advice.push(otherwise);
        }
        found = format!("{found}, {name} {value}");
    }
    Ok(if advice.is_empty() {
        Check::ok(CHECK, found)
    } else {
        Check::fail(CHECK, found, advice.join("; "))
    })
}
