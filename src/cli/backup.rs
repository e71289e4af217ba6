use std::{io, path::PathBuf};

use clap::Args;
use serde_json::json;

use super::{checked_copy, error::CliError, master_key_source, runtime, session::report};
use crate::{
    adapters::{database::copy_sqlite, system::DraftFile},
    app::StartupError,
    config::{Config, DatabaseUrl, Sources},
};

pub(super) const EXAMPLES: &str = "\
Servers may run meanwhile: whatever they had answered before is in the copy. It is checked before it
gets its name: all of it can be read, and every key in it opens with the master key, which is not in
it. docs/backup.md says how often, and how to restore.

Example:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet backup /backup/signet-$(date +%F).db";

#[derive(Args)]
pub(super) struct BackupArgs {
    /// The copy, which must not exist yet; written as FILE.partial until it is whole
    file: PathBuf,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) fn run(sources: &Sources, args: &BackupArgs) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    let database = match &config.database {
        DatabaseUrl::Sqlite(path) if path.exists() => path,
        DatabaseUrl::Sqlite(path) => {
            return Err(CliError::misused(format!(
                "there is no database {}: name the servers' one with SIGNET_DATA_DIR or \
                 SIGNET_DATABASE_URL",
                path.display()
            )));
        }
        DatabaseUrl::Postgres(_) => {
            return Err(CliError::refused(
                "the state is in PostgreSQL: back it up with its own tools, such as `pg_dump` \
                 (docs/backup.md)",
            ));
        }
    };
    let master_keys = master_key_source().read()?.into();
    let file = args.file.display();
    let draft = DraftFile::of(&args.file).map_err(|error| not_written(args, &error))?;
    let checked = runtime()?.block_on(async {
        let copied = copy_sqlite(database, draft.path()).await;
        copied.map_err(StartupError::from)?;
        let checked = checked_copy::check(draft.path(), &master_keys).await;
        checked.map_err(|error| error.within("no backup was made"))
    })?;
    draft.install().map_err(|error| not_written(args, &error))?;
    let older = if checked.older {
        " Its schema is older than this version's, whose migrations were tried on it and succeed."
    } else {
        ""
    };
    let done = format!("{file} holds the database, and is whole");
    report(
        args.json,
        &json!({
            "file": file.to_string(),
            "private_keys": checked.keys,
            "schema_is_older": checked.older,
        }),
        &format!(
            "{done}: all of it can be read, and its {} private keys open.{older} The master key \
             is not in it: keep a copy of that elsewhere",
            checked.keys
        ),
        &format!("{done}: there is nothing more to do"),
    )
}

fn not_written(args: &BackupArgs, error: &io::Error) -> CliError {
    let file = args.file.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::refused(format!(
            "{file} exists, and a backup replaces nothing: choose another name"
        )),
        io::ErrorKind::WouldBlock => CliError::refused(format!(
            "another command is writing {file}.partial just now"
        )),
        _ => CliError::failure(io::Error::new(
            error.kind(),
            format!("cannot write {file}: {error}"),
        )),
    }
}
