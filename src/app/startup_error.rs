use thiserror::Error;

use crate::{
    adapters::{
        database::SchemaError, hasher::StartError, http::TlsPairError, limiter::RedisTrouble,
    },
    ports::StorageError,
};

/// Why nothing could be started.
#[derive(Debug, Error)]
pub enum StartupError {
    #[error("cannot prepare the database file {path}: {error}")]
    DatabaseFile { path: String, error: std::io::Error },
    #[error("cannot open the database file {path}")]
    OpenFile {
        path: String,
        #[source]
        error: StorageError,
    },
    #[error("cannot open the database")]
    OpenPostgres(#[source] StorageError),
    #[error("cannot open the database: {0}")]
    Database(#[from] StorageError),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error(transparent)]
    Hasher(#[from] StartError),
    #[error("cannot speak TLS: {0}")]
    Tls(#[from] TlsPairError),
    #[error("cannot use the limiter's URL: {0}")]
    Limiter(#[from] RedisTrouble),
}

impl StartupError {
    /// What to do about it, where the error itself does not say.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::DatabaseFile { .. } | Self::OpenFile { .. } => Some(
                "Is there room on its disk? Run the server as its owner, who may write to it and \
                 to its folder. Where it is damaged, move it away and put a backup in its place \
                 with `signet restore`",
            ),
            Self::OpenPostgres(_) => Some(
                "Does SIGNET_DATABASE_URL name the host, port, database, user and password that \
                 PostgreSQL wants, and does it run there and admit this machine? `signet doctor` \
                 tries again and tells what it finds",
            ),
            Self::Hasher(StartError::Backend(_)) => {
                Some("No password can be hashed here: report it, with the model of the processor")
            }
            Self::Tls(_) => Some(
                "SIGNET_TLS_CERT names the certificate chain in PEM, SIGNET_TLS_KEY the file of \
                 its private key; `signet doctor` checks both",
            ),
            Self::Limiter(_) => Some("See SIGNET_LIMITER_URL in docs/configuration.md"),
            _ => None,
        }
    }
}
