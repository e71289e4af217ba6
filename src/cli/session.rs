use std::{
    io::{self, Write},
    sync::Arc,
};

use super::{error::CliError, logging, master_key_source};
use crate::{
    adapters::database::{Database, check_schema},
    app::{Ports, StartupError, check_master_key, open_database},
    config::{Config, Sources},
    crypto::MasterKeys,
    domain::{KeyState, MasterKeyId},
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
        let path = config.database.sqlite_path();
        if !path.exists() {
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

    /// The same, where keys may be made: they are sealed under the current
    /// master key, and servers that lack it could not open them.
    pub(super) async fn open_to_make_keys(
        sources: &Sources,
    ) -> Result<(Self, Arc<MasterKeys>), CliError> {
        let (session, master_keys) = Self::open_to_change(sources).await?;
        check_master_key(&session.database, &master_keys).await?;
        if session
            .keys()
            .load()
            .await
            .map_err(KeysError::from)?
            .keys()
            .is_empty()
        {
            return Err(no_keys_yet());
        }
        let current = master_keys.current().id();
        match session.active_master_key().await? {
            Some(used) if used != current => eprintln!(
                "signet: warning: a key that is made now is sealed under master key {current}, the \
                 active one under {used}. Servers that were not started with {current} cannot \
                 open it and stop signing"
            ),
            _ => {}
        }
        Ok((session, master_keys))
    }

    async fn active_master_key(&self) -> Result<Option<MasterKeyId>, KeysError> {
        let set = self.keys().load().await?;
        let active = set.in_state(KeyState::Active);
        Ok(active.and_then(|key| Some(key.sealed.as_ref()?.master_key_id)))
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

/// Writes to standard output, whose reader may be gone.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end()).map_err(CliError::failure)
}
