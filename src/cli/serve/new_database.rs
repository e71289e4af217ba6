//! What a start tells of a database that it made: where the settings name another
//! folder than was meant, the server is there, and all accounts seem gone.

use std::{fs, io, path::Path};

use crate::config::DatabaseUrl;

/// A file that holds nothing yet.
#[derive(Clone, Copy)]
pub(super) enum NewDatabase<'a> {
    Missing(&'a Path),
    Empty(&'a Path),
}

impl<'a> NewDatabase<'a> {
    /// Looks before the database is opened, which makes the file. What a server
    /// makes in PostgreSQL lies in a database that somebody else made for it.
    pub(super) fn at(url: &'a DatabaseUrl) -> Option<Self> {
        let DatabaseUrl::Sqlite(path) = url else {
            return None;
        };
        match fs::metadata(path) {
            Ok(found) if found.len() == 0 => Some(Self::Empty(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Self::Missing(path)),
            _ => None,
        }
    }

    pub(super) fn warn(self) {
        let (Self::Missing(path) | Self::Empty(path)) = self;
        let found = match self {
            Self::Missing(_) => "",
            Self::Empty(_) => " in a file that was there and empty",
        };
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        tracing::warn!(
            database = %path.display(),
            "made a new database{found}: no accounts, new keys"
        );
    }
}
