//! What must be true of a copy of the database before anyone relies on it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::error::CliError;
use crate::{
    adapters::{
        database::{Database, SchemaError, SqlKeyStore, check_schema, check_sqlite_copy, migrate},
        system::create_private_dir,
    },
    app::StartupError,
    crypto::MasterKeys,
    usecases::keys::CheckKeys,
};

/// What was found of a copy that is whole.
pub(super) struct CheckedCopy {
    /// Private keys in it, all of which open.
    pub(super) keys: usize,
    /// Its schema is that of an older version; this one's migrations succeed.
    pub(super) older: bool,
}

/// Checks the copy at `path`, whose name nobody else uses, and leaves it as it is.
/// A copy of an older schema is migrated for that in a folder beside it.
pub(super) async fn check(
    path: &Path,
    master_keys: &Arc<MasterKeys>,
) -> Result<CheckedCopy, CliError> {
    check_sqlite_copy(path).await.map_err(CliError::failure)?;
    let database = open_read_only(path).await?;
    match check_schema(&database).await {
        Ok(()) => Ok(CheckedCopy {
            keys: check_keys(database, master_keys).await?,
            older: false,
        }),
        Err(SchemaError::Pending(_)) => {
            close(database).await?;
            let trial = Trial::of(path).map_err(CliError::failure)?;
            let migrated = Database::open_sqlite(&trial.database()).await;
            let migrated = migrated.map_err(StartupError::from)?;
            migrate(&migrated).await.map_err(StartupError::from)?;
            Ok(CheckedCopy {
                keys: check_keys(migrated, master_keys).await?,
                older: true,
            })
        }
        Err(error) => Err(StartupError::from(error).into()),
    }
}

async fn open_read_only(path: &Path) -> Result<Database, CliError> {
    let opened = Database::open_sqlite_read_only(path).await;
    Ok(opened.map_err(StartupError::from)?)
}

async fn close(database: Database) -> Result<(), CliError> {
    Ok(database.close().await.map_err(StartupError::from)?)
}

/// Closes the database, too.
async fn check_keys(database: Database, master_keys: &Arc<MasterKeys>) -> Result<usize, CliError> {
    let check = CheckKeys {
        keys: Arc::new(SqlKeyStore::new(database.clone())),
        master_keys: master_keys.clone(),
    };
    let keys = check.run().await;
    close(database).await?;
    Ok(keys?)
}

/// A folder with a copy that may be changed. It goes with the value; what a
/// killed process left of it goes with the next one.
struct Trial(PathBuf);

impl Trial {
    fn of(path: &Path) -> io::Result<Self> {
        let mut folder = path.as_os_str().to_owned();
        folder.push(".trial");
        let trial = Self(folder.into());
        trial.remove()?;
        create_private_dir(&trial.0)?;
        fs::copy(path, trial.database())?;
        Ok(trial)
    }

    fn database(&self) -> PathBuf {
        self.0.join("signet.db")
    }

    fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = self.remove();
    }
}
