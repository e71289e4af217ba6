use std::{
    io::{self, Write},
    sync::Arc,
};

use serde::Serialize;

use super::{
    error::CliError, logging, master_key_source, other_master_key::OtherMasterKey,
    standard_error::tell,
};
use crate::{
    adapters::database::{Database, check_schema},
    app::{Ports, StartupError, open_database},
    config::{Config, DatabaseUrl, Sources},
    crypto::MasterKeys,
    domain::SealedKeyId,
    ports::KeyStore,
    usecases::keys::KeysError,
};

/// What a command on the stored keys works with: the database itself, whether
/// or not a server runs on it.
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) ports: Ports,
    database: Database,
}

impl Session {
    /// Opens the database of the settings, which must be there and up to date.
    pub(super) async fn open(sources: &Sources) -> Result<Self, CliError> {
        let config = Config::load(sources, false)?;
        if let DatabaseUrl::Sqlite(path) = &config.database
            && !path.exists()
        {
            return Err(CliError::misused(format!(
                "there is no database {}: name the servers' one with SIGNET_DATA_DIR or \
                 SIGNET_DATABASE_URL, or start `signet serve` first",
                path.display()
            )));
        }
        let database = open_database(&config).await?;
        check_schema(&database).await.map_err(StartupError::from)?;
        let ports = Ports::for_serving(&config, &database)?;
        Ok(Self {
            config,
            ports,
            database,
        })
    }

    /// The same with the master keys, for changes that are worth a line in the log.
    pub(super) async fn open_to_change(
        sources: &Sources,
    ) -> Result<(Self, Arc<MasterKeys>), CliError> {
        let master_keys = master_key_source().read()?;
        let session = Self::open(sources).await?;
        logging::init(&session.config)?;
        Ok((session, Arc::new(master_keys)))
    }

    /// The same, where a key is made: not one that servers may not open, unless
    /// that is wanted. `goes`: keys that are deleted, which need not open.
    pub(super) async fn open_to_make_keys(
        sources: &Sources,
        other_master_key: OtherMasterKey,
        goes: impl Fn(&SealedKeyId) -> bool,
    ) -> Result<(Self, Arc<MasterKeys>), CliError> {
        let (session, master_keys) = Self::open_to_change(sources).await?;
        let set = session.keys().load().await.map_err(KeysError::from)?;
        if set.keys().is_empty() {
            return Err(no_keys_yet());
        }
        other_master_key.check(&set, master_keys.current().id(), goes)?;
        Ok((session, master_keys))
    }

    pub(super) fn keys(&self) -> &dyn KeyStore {
        &*self.ports.keys
    }

    /// When running servers have seen a change, in words.
    pub(super) fn servers_follow(&self) -> String {
        format!(
            "Running servers follow within {} (SIGNET_KEY_REFRESH).",
            humantime::format_duration(self.config.key_timings.refresh)
        )
    }

    pub(super) async fn close(self) -> Result<(), CliError> {
        Ok(self.database.close().await.map_err(StartupError::from)?)
    }
}

/// For commands that need keys.
pub(super) fn no_keys_yet() -> CliError {
    CliError::misused("there are no signing keys yet: the first start of `signet serve` makes them")
}

/// Writes a line or more to standard output, whose reader may be gone.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    write(&format!("{}\n", text.trim_end()))
}

/// The same of something that scripts read.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    print(&serde_json::to_string_pretty(value).map_err(CliError::failure)?)
}

/// Prints what became of a change, for scripts or for people; `done` says it where
/// that cannot be written, with the command that shows it or makes good for it.
pub(super) fn report(
    json: bool,
    for_scripts: &impl Serialize,
    for_people: &str,
    done: &str,
) -> Result<(), CliError> {
    let shown = if json {
        print_json(for_scripts)
    } else {
        print(for_people)
    };
    shown.map_err(|error| error.although(done))
}

/// The same of a text as it is.
pub(super) fn write(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).map_err(CliError::unwritten)
}

/// Tells a person why a list is empty; a program gets no line, as it does of rows.
pub(super) fn print_empty(why: &str) {
    tell(why);
}
