use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use super::{checked_copy, error::CliError, master_key_source, runtime, session::report};
use crate::{
    adapters::{
        database::sqlite_files,
        system::{DraftFile, create_private_dir},
    },
    config::{Config, DatabaseUrl, Sources},
};

pub(super) const EXAMPLES: &str = "\
Stop all servers on the database first, and move its files away: nothing is replaced. What happened
after the backup was made is gone, and what was ended since is alive again: docs/backup.md says what
to do before servers start.

Example:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet restore /backup/signet-2026-11-28.db";

#[derive(Args)]
pub(super) struct RestoreArgs {
    /// What `signet backup` has written
    file: PathBuf,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) fn run(sources: &Sources, args: &RestoreArgs) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    let DatabaseUrl::Sqlite(database) = &config.database else {
        return Err(CliError::refused(
            "the state is in PostgreSQL: restore it with its own tools, such as `pg_restore` \
             (docs/backup.md)",
        ));
    };
    let master_keys = master_key_source().read()?.into();
    refuse_to_replace(database)?;
    refuse_half(&args.file)?;
    if let Some(folder) = database.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        create_private_dir(folder).map_err(|error| not_written(database, &error))?;
    }
    let draft = DraftFile::of(database).map_err(|error| not_written(database, &error))?;
    copy(&args.file, &draft)?;
    let checked = runtime()?.block_on(checked_copy::check(draft.path(), &master_keys));
    let checked = checked.map_err(|error| {
        let file = args.file.display();
        error.within(&format!("{file} was not restored"))
    })?;
    draft
        .install()
        .map_err(|error| not_written(database, &error))?;
    // A folder that was not meant looks like one that was, where it is relative.
    let place = std::path::absolute(database).unwrap_or_else(|_| database.clone());
    let older = if checked.older {
        "\nIts schema is that of an older version: `signet serve` or `signet migrate` brings it up \
         to date."
    } else {
        ""
    };
    let done = format!("{} is there again", place.display());
    let next = "Before servers start, see docs/backup.md";
    report(
        args.json,
        &json!({
            "database": place.display().to_string(),
            "private_keys": checked.keys,
            "schema_is_older": checked.older,
        }),
        &format!(
            "{done}; its {} private keys open with this master key.{older}\n\
             What happened since the backup is gone: sessions that were ended are alive again, \
             and so are keys that were revoked and accounts that were disabled or deleted. {next}; \
             `signet refresh-key revoke --yes` ends all sessions.",
            checked.keys
        ),
        &format!("{done}. {next}"),
    )
}

/// A log or a journal that was left of another database would be played into
/// this one.
fn refuse_to_replace(database: &Path) -> Result<(), CliError> {
    let files = sqlite_files(database);
    match files.iter().find(|file| fs::symlink_metadata(file).is_ok()) {
        Some(file) => Err(exists(file)),
        None => Ok(()),
    }
}

fn exists(file: &Path) -> CliError {
    CliError::refused(format!(
        "{} exists, and a restore replaces nothing: stop all servers on this database, and move it \
         and the files of its name that end in -wal, -shm and -journal to another folder",
        file.display()
    ))
}

/// What a server has written last may stand in the log alone.
fn refuse_half(file: &Path) -> Result<(), CliError> {
    let [_, beside @ ..] = sqlite_files(file);
    let is_filled = |file: &&PathBuf| fs::metadata(file).is_ok_and(|found| found.len() > 0);
    match beside.iter().find(is_filled) {
        Some(log) => Err(CliError::misused(format!(
            "{} lies beside {}: that is a database in use, or a copy of its files, and no backup. \
             Make one of it with `signet backup`",
            log.display(),
            file.display()
        ))),
        None => Ok(()),
    }
}

fn copy(from: &Path, draft: &DraftFile) -> Result<(), CliError> {
    let mut from_file = fs::File::open(from)
        .map_err(|error| CliError::misused(format!("cannot read {}: {error}", from.display())))?;
    let copied = draft.fill(&mut from_file);
    copied.map_err(|error| not_written(draft.path(), &error))
}

fn not_written(database: &Path, error: &io::Error) -> CliError {
    let path = database.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => exists(database),
        io::ErrorKind::WouldBlock => CliError::refused(format!(
            "another command is writing {path}.partial just now"
        )),
        _ => CliError::failure(io::Error::new(
            error.kind(),
            format!("cannot write {path}: {error}"),
        )),
    }
}
