use std::{fs, io, path::PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::crypto::{MasterKey, MasterKeyFormat};

const VARIABLE: &str = "NOT_MY_KEY";
const FILE_VARIABLE: &str = "NOT_MY_KEY_FILE";

/// Where the master key comes from. Empty variables count as missing.
#[derive(Default)]
pub struct MasterKeySource {
    text: Option<Zeroizing<String>>,
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
    #[error("both {VARIABLE} and {FILE_VARIABLE} are set: unset one of them")]
    Both,
    #[error("{0} holds no master key: {1}. `signet keygen` prints a new one")]
    Format(&'static str, #[source] MasterKeyFormat),
    #[error(
        "{FILE_VARIABLE} seems to hold a master key itself: it must be the path of a file that \
         holds one. A key that stands in the environment belongs into {VARIABLE}"
    )]
    KeyInsteadOfPath,
    #[error(
        "{FILE_VARIABLE}: cannot read {}: {error}. The file must hold a master key as \
         `signet keygen` prints it", .path.display()
    )]
    File { path: PathBuf, error: io::Error },
}

impl MasterKeySource {
    /// Looks the variables up, one by one.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| lookup(name).filter(|value| !value.is_empty());
        Self {
            text: set(VARIABLE).map(Zeroizing::new),
            file: set(FILE_VARIABLE),
        }
    }

    pub fn read(&self) -> Result<MasterKey, MasterKeyError> {
        match (&self.text, &self.file) {
            (None, None) => Err(MasterKeyError::Missing),
            (Some(_), Some(_)) => Err(MasterKeyError::Both),
            (Some(text), None) => {
                MasterKey::parse(text).map_err(|e| MasterKeyError::Format(VARIABLE, e))
            }
            (None, Some(path)) => read_file(path),
        }
    }
}

fn read_file(path: &str) -> Result<MasterKey, MasterKeyError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        // The message would print the path, which is the key.
        Err(_) if MasterKey::parse(path).is_ok() => return Err(MasterKeyError::KeyInsteadOfPath),
        Err(error) => {
            let path = PathBuf::from(path);
            return Err(MasterKeyError::File { path, error });
        }
    };
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    MasterKey::parse(line).map_err(|e| MasterKeyError::Format(FILE_VARIABLE, e))
}
