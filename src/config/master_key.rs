use std::{
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::crypto::{MasterKey, MasterKeyFormat, MasterKeys};

const VARIABLE: &str = "NOT_MY_KEY";
const FILE_VARIABLE: &str = "NOT_MY_KEY_FILE";
const PREVIOUS_VARIABLE: &str = "NOT_MY_KEY_PREVIOUS";
const PREVIOUS_FILE_VARIABLE: &str = "NOT_MY_KEY_PREVIOUS_FILE";

/// Where the master keys come from. Empty variables count as missing.
pub struct MasterKeySource {
    current: Source,
    previous: Source,
}

/// A variable that holds keys, or one that names a file which does.
struct Source {
    variable: &'static str,
    text: Option<Zeroizing<String>>,
    file_variable: &'static str,
    file: Option<String>,
}

/// Why there is no master key. No message repeats the value that was given.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    #[error(
        "no master key: set {VARIABLE}, or {FILE_VARIABLE} to the path of a file that holds it. \
         Accepted are 32 bytes of text, 64 hex digits, or base64 or base64url of 32 bytes. \
         `signet keygen` prints a new one"
    )]
    Missing,
    #[error("both {0} and {1} are set: unset one of them")]
    Both(&'static str, &'static str),
    #[error("{0} holds no master key: {1}. `signet keygen` prints a new one")]
    Format(&'static str, #[source] MasterKeyFormat),
    #[error(
        "{0} seems to hold a master key itself: it must be the path of a file that holds one. A \
         key that stands in the environment belongs into {1}"
    )]
    KeyInsteadOfPath(&'static str, &'static str),
    #[error(
        "{variable}: cannot read {}: {error}. The file must hold a master key as \
         `signet keygen` prints it", .path.display()
    )]
    File {
        variable: &'static str,
        path: PathBuf,
        error: io::Error,
    },
}

impl MasterKeySource {
    /// Looks the variables up, one by one.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let source = |variable, file_variable| {
            let set = |name| lookup(name).filter(|value| !value.is_empty());
            Source {
                variable,
                text: set(variable).map(Zeroizing::new),
                file_variable,
                file: set(file_variable),
            }
        };
        Self {
            current: source(VARIABLE, FILE_VARIABLE),
            previous: source(PREVIOUS_VARIABLE, PREVIOUS_FILE_VARIABLE),
        }
    }

    /// The files that the variables name, each with its variable.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        [&self.current, &self.previous]
            .into_iter()
            .filter_map(|source| Some((source.file_variable, Path::new(source.file.as_ref()?))))
    }

    /// The current master key, and the former ones: separated by white space
    /// or commas, which base64 and hex digits do not contain.
    pub fn read(&self) -> Result<MasterKeys, MasterKeyError> {
        let (text, variable) = self.current.text()?.ok_or(MasterKeyError::Missing)?;
        let current = MasterKey::parse(&text).map_err(|e| MasterKeyError::Format(variable, e))?;
        Ok(MasterKeys::new(current, self.read_previous()?))
    }

    pub fn read_previous(&self) -> Result<Vec<MasterKey>, MasterKeyError> {
        let Some((text, variable)) = self.previous.text()? else {
            return Ok(Vec::new());
        };
        // One key may hold the separators itself, where it is text.
        if let Ok(only) = MasterKey::parse(&text) {
            return Ok(vec![only]);
        }
        text.split([',', ' ', '\n', '\r', '\t'])
            .filter(|text| !text.is_empty())
            .map(|text| MasterKey::parse(text).map_err(|e| MasterKeyError::Format(variable, e)))
            .collect()
    }
}

impl Source {
    /// The text and the variable it comes from.
    fn text(&self) -> Result<Option<(Zeroizing<String>, &'static str)>, MasterKeyError> {
        match (&self.text, &self.file) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(MasterKeyError::Both(self.variable, self.file_variable)),
            (Some(text), None) => Ok(Some((text.clone(), self.variable))),
            (None, Some(path)) => Ok(Some((self.read_file(path)?, self.file_variable))),
        }
    }

    /// The file's text without one trailing newline.
    fn read_file(&self, path: &str) -> Result<Zeroizing<String>, MasterKeyError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            // The message would print the path, which is the key.
            Err(_) if MasterKey::parse(path).is_ok() => {
                return Err(MasterKeyError::KeyInsteadOfPath(
                    self.file_variable,
                    self.variable,
                ));
            }
            Err(error) => {
                return Err(MasterKeyError::File {
                    variable: self.file_variable,
                    path: PathBuf::from(path),
                    error,
                });
            }
        };
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Ok(Zeroizing::new(line.to_owned()))
    }
}
