use std::{fs, io, path::Path};

use super::report::{Check, reason};
use crate::{
    adapters::database::{
        Database, KeyRows, SchemaError, SqlKeyStore, check_schema, uses_write_ahead_log,
    },
    domain::KeySet,
    ports::StorageError,
};

/// The stored keys, as far as their rows can be read back.
pub(super) struct Keys {
    pub(super) set: KeySet,
    pub(super) corrupt: Vec<StorageError>,
}

/// Reads the database; the signing keys are returned where there are any rows to read.
pub(super) async fn check(path: &Path) -> (Option<Keys>, Vec<Check>) {
    let database = match open(path).await {
        Ok(database) => database,
        Err(check) => return (None, vec![check]),
    };
    let mut checks = vec![Check::ok("database", format!("{} answers", absolute(path)))];
    let pragmas = of_pragmas(&database, path).await;
    let keys = of_schema_and_keys(database, pragmas, &mut checks).await;
    (keys, checks)
}

/// What every database is asked. `settings`: how it is set up, which is told
/// between the two.
pub(super) async fn of_schema_and_keys(
    database: Database,
    settings: Check,
    checks: &mut Vec<Check>,
) -> Option<Keys> {
    let schema = check_schema(&database).await;
    let up_to_date = schema.is_ok();
    checks.extend([of_schema(schema), settings]);
    let rows = SqlKeyStore::new(database.clone()).rows().await;
    // Nothing was written that closing could lose.
    let _ = database.close().await;
    match rows {
        Ok(rows) => Some(Keys::from_rows(rows)),
        Err(error) => {
            let advice = if up_to_date {
                "restore the database from a backup"
            } else {
                "bring the schema up to date first"
            };
            checks.push(Check::fail("signing keys", reason(error), advice));
            None
        }
    }
}

impl Keys {
    fn from_rows(rows: KeyRows) -> Self {
        let mut corrupt = Vec::new();
        let signing = readable(rows.signing, &mut corrupt);
        let refresh = readable(rows.refresh, &mut corrupt);
        let set = KeySet::new(signing, refresh);
        Self { set, corrupt }
    }
}

fn readable<T>(rows: Vec<Result<T, StorageError>>, corrupt: &mut Vec<StorageError>) -> Vec<T> {
    let mut keys = Vec::new();
    for row in rows {
        match row {
            Ok(key) => keys.push(key),
            Err(error) => corrupt.push(error),
        }
    }
    keys
}

async fn open(path: &Path) -> Result<Database, Check> {
    let fail = |found: String, advice| Err(Check::fail("database", found, advice));
    match fs::File::open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return fail(
                format!("{} does not exist", absolute(path)),
                "start the server once or run `signet migrate`; where the server keeps its data \
                 elsewhere, set SIGNET_DATA_DIR or SIGNET_DATABASE_URL as it has it",
            );
        }
        Err(error) => {
            return fail(
                format!("cannot read {}: {error}", absolute(path)),
                "run `signet doctor` as the server's user",
            );
        }
    }
    match query(path).await {
        Ok(database) => Ok(database),
        Err(error) => fail(
            format!("{} does not answer: {}", absolute(path), reason(error)),
            "restore the database from a backup, or correct the path in the settings",
        ),
    }
}

async fn query(path: &Path) -> Result<Database, StorageError> {
    let database = Database::open_sqlite_read_only(path).await?;
    database.reader_pragma("schema_version").await?;
    Ok(database)
}

fn of_schema(schema: Result<(), SchemaError>) -> Check {
    const CHECK: &str = "migrations";
    match schema {
        Ok(()) => Check::ok(CHECK, "the schema is up to date"),
        Err(SchemaError::Pending(names)) => Check::fail(
            CHECK,
            format!("pending: {}", names.join(", ")),
            "run `signet migrate`",
        ),
        Err(SchemaError::Newer(names)) => Check::fail(
            CHECK,
            format!("unknown to this version of Signet: {}", names.join(", ")),
            "use the version that made them, or restore a backup from before the upgrade",
        ),
        Err(error) => Check::fail(CHECK, reason(error), "restore the database from a backup"),
    }
}

/// What SQLite is told on every connection. 2 is FULL; milliseconds.
const PRAGMAS: [(&str, &str); 4] = [
    ("synchronous", "2"),
    ("foreign_keys", "1"),
    ("busy_timeout", "5000"),
    ("secure_delete", "1"),
];

async fn of_pragmas(database: &Database, path: &Path) -> Check {
    const CHECK: &str = "pragmas";
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for (name, wanted) in PRAGMAS {
        match database.writer_pragma(name).await {
            Ok(value) => {
                if value != wanted {
                    wrong.push(format!("{name} must be {wanted}"));
                }
                found.push(format!("{name} {}", in_words(name, &value)));
            }
            Err(error) => wrong.push(format!("{name} cannot be read: {}", reason(error))),
        }
    }
    // A connection that only reads does not tell the journal's mode reliably.
    let wal = uses_write_ahead_log(path).unwrap_or(false);
    let journal = if wal { "wal" } else { "not wal" };
    let found = format!("journal_mode {journal}, {}", found.join(", "));
    if !wrong.is_empty() {
        let found = format!("{found}: {}", wrong.join(", "));
        Check::fail(
            CHECK,
            found,
            "this build of SQLite does not suit: use another",
        )
    } else if wal {
        Check::ok(CHECK, found)
    } else {
        Check::warn(CHECK, found, "start the server: it switches to wal")
    }
}

fn in_words(name: &str, value: &str) -> String {
    match (name, value) {
        ("synchronous", "2") => "FULL".to_owned(),
        ("foreign_keys" | "secure_delete", "1") => "on".to_owned(),
        ("busy_timeout", value) => format!("{value} ms"),
        (_, value) => value.to_owned(),
    }
}

/// The working folder decides where a relative path leads.
fn absolute(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.display().to_string()
}
