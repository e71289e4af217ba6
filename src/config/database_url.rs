use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Where the state lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file. Memory databases are refused: a server that forgets its keys
    /// and users at every restart helps nobody.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    pub fn sqlite_path(&self) -> &Path {
        let Self::Sqlite(path) = self;
        path
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"))
            .ok_or("expected sqlite:PATH, like sqlite:/var/lib/signet/signet.db")?;
        if path.is_empty() || path.starts_with(':') {
            return Err("a SQLite database in memory cannot be served from; name a file");
        }
        if path.contains('?') {
            return Err("parameters after ? are not supported");
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sqlite(path) = self;
        write!(f, "sqlite:{}", path.display())
    }
}
