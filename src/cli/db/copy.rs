use std::{fs, path::Path};

use clap::Args;
use serde::Serialize;

use super::progress::Progress;
use crate::{
    adapters::database::{CopiedTable, Database, check_source, copy},
    app::{StartupError, open_database_at},
    cli::{error::CliError, session::report, table::with_headings},
    config::{Config, DatabaseUrl, Sources},
};

pub(super) const EXAMPLES: &str = "\
Needs no master key: the keys are copied as they are sealed, and open with the one that they have. Stop the
servers of the source first: what they write after the copy began is not in it.

A side that is not given is the configured database (SIGNET_DATABASE_URL). Arguments can be seen by
others on the machine: name a database that wants a password there, and not in --from or --to.

Examples:
  SIGNET_DATABASE_URL=postgres://signet:PASSWORD@db.example/signet \\
    signet db copy --from sqlite:/var/lib/signet/signet.db
  signet db copy --to sqlite:./copy.db --json | jq '.tables[].rows'";

#[derive(Args)]
pub(in crate::cli) struct CopyArgs {
    /// Where everything is read: sqlite:PATH or postgres://USER@HOST:PORT/DATABASE
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Where everything is written, likewise; it holds no row yet
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

/// What was copied, as scripts read it.
#[derive(Serialize)]
struct Copied<'a> {
    from: String,
    to: String,
    tables: Vec<CopiedRows<'a>>,
}

#[derive(Serialize)]
struct CopiedRows<'a> {
    table: &'static str,
    rows: u64,
    checksum: &'a str,
}

pub(super) async fn run(sources: &Sources, args: &CopyArgs) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    if args.from.is_none() && args.to.is_none() {
        return Err(CliError::misused(
            "name the source with --from or the target with --to; the other one is the configured \
             database",
        ));
    }
    let from = url("--from", args.from.as_deref(), &config)?;
    let to = url("--to", args.to.as_deref(), &config)?;
    if is_same(&from, &to) {
        let message = format!("the source and the target are the same database, {from}");
        return Err(CliError::misused(message));
    }
    let source = open_source(&from, &config).await?;
    // Before a file is made for what is not copied.
    check_source(&source).await?;
    let target = open_database_at(&to, &config).await?;
    let progress = Progress::begin();
    let copied = copy(&source, &target, &mut |step| progress.step(step)).await;
    progress.end();
    let copied = copied?;
    target.close().await.map_err(StartupError::from)?;
    // It was only read.
    let _ = source.close().await;
    report(
        args.json,
        &for_scripts(&from, &to, &copied),
        &as_text(&from, &to, &copied),
        &format!("{to} holds all of {from}: `signet doctor` with its settings checks it"),
    )
}

/// The value itself may hold a password, and is not repeated.
fn url(flag: &str, given: Option<&str>, config: &Config) -> Result<DatabaseUrl, CliError> {
    match given {
        Some(url) => url
            .parse()
            .map_err(|reason| CliError::misused(format!("invalid value for {flag}: {reason}"))),
        None => Ok(config.database.clone()),
    }
}

fn is_same(from: &DatabaseUrl, to: &DatabaseUrl) -> bool {
    match (from, to) {
        (DatabaseUrl::Sqlite(from), DatabaseUrl::Sqlite(to)) => {
            fs::canonicalize(from).is_ok_and(|from| fs::canonicalize(to).is_ok_and(|to| from == to))
        }
        _ => from.to_string() == to.to_string(),
    }
}

async fn open_source(url: &DatabaseUrl, config: &Config) -> Result<Database, CliError> {
    match url {
        DatabaseUrl::Sqlite(path) => open_file(path).await,
        DatabaseUrl::Postgres(url) => {
            let opened = Database::open_postgres_read_only(url, config.database_limits).await;
            Ok(opened.map_err(StartupError::OpenPostgres)?)
        }
    }
}

async fn open_file(path: &Path) -> Result<Database, CliError> {
    if !path.is_file() {
        let path = path.display();
        return Err(CliError::misused(format!("there is no database {path}")));
    }
    let opened = Database::open_sqlite_read_only(path).await;
    Ok(opened.map_err(StartupError::from)?)
}

fn for_scripts<'a>(from: &DatabaseUrl, to: &DatabaseUrl, copied: &'a [CopiedTable]) -> Copied<'a> {
    let tables = copied.iter().map(|copied| CopiedRows {
        table: copied.name,
        rows: copied.rows,
        checksum: &copied.checksum,
    });
    Copied {
        from: from.to_string(),
        to: to.to_string(),
        tables: tables.collect(),
    }
}

fn as_text(from: &DatabaseUrl, to: &DatabaseUrl, copied: &[CopiedTable]) -> String {
    let rows = copied.iter().map(|copied| {
        [
            copied.name.into(),
            copied.rows.to_string().into(),
            copied.checksum.as_str().into(),
        ]
    });
    let total: u64 = copied.iter().map(|copied| copied.rows).sum();
    format!(
        "{}\n\n{total} rows are copied from {from} to {to}, and were read back the same.",
        with_headings(["table", "rows", "checksum"], rows).trim_end()
    )
}
