use std::{fs, io, path::PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use super::Environment;
use crate::crypto::{MasterKey, MasterKeyFormat};

const VARIABLE: &str = "NOT_MY_KEY";
const FILE_VARIABLE: &str = "NOT_MY_KEY_FILE";

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
        "{FILE_VARIABLE}: cannot read {}: {error}. The file must hold a master key as \
         `signet keygen` prints it", .path.display()
    )]
    File { path: PathBuf, error: io::Error },
}

/// The master key from the environment, or from the file that it names.
pub fn read_master_key(environment: &Environment) -> Result<MasterKey, MasterKeyError> {
    match (environment.get(VARIABLE), environment.get(FILE_VARIABLE)) {
        (None, None) => Err(MasterKeyError::Missing),
        (Some(_), Some(_)) => Err(MasterKeyError::Both),
        (Some(text), None) => {
            MasterKey::parse(text).map_err(|e| MasterKeyError::Format(VARIABLE, e))
        }
        (None, Some(path)) => read_file(PathBuf::from(path)),
    }
}

fn read_file(path: PathBuf) -> Result<MasterKey, MasterKeyError> {
    let text = match fs::read_to_string(&path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => return Err(MasterKeyError::File { path, error }),
    };
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    MasterKey::parse(line).map_err(|e| MasterKeyError::Format(FILE_VARIABLE, e))
}
