use std::{fmt, path::PathBuf, str::FromStr};

use crate::adapters::database::PostgresUrl;

/// Where the state lives.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file. Memory databases are refused: a server that forgets its keys
    /// and users at every restart helps nobody.
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if PostgresUrl::is_meant(text) {
            return text.parse().map(Self::Postgres);
        }
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"))
            .ok_or(
                "expected sqlite:PATH, like sqlite:/var/lib/signet/signet.db, or \
                 postgres://USER:PASSWORD@HOST:PORT/DATABASE",
            )?;
        if path.is_empty() || path.starts_with(':') {
            return Err(
                "a SQLite database in memory cannot be served from; name a file".to_owned(),
            );
        }
        if path.contains('?') {
            return Err("parameters after ? are not supported".to_owned());
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// Without its password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}
