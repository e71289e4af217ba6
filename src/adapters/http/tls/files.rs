use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::pair::TlsPairError;

/// Where a certificate, with those that vouch for it, and its key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What the files hold.
pub(super) struct Contents {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
}

impl TlsFiles {
    pub(super) fn read(&self) -> Result<Contents, TlsPairError> {
        Ok(Contents {
            certificate: read(&self.certificate)?,
            key: Zeroizing::new(read(&self.key)?),
        })
    }
}

impl Contents {
    /// Tells whether they are still the same, without keeping the key.
    pub(super) fn digest(&self) -> [u8; 32] {
        let both = Sha256::new()
            .chain_update(Sha256::digest(&self.certificate))
            .chain_update(Sha256::digest(&self.key));
        both.finalize().into()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsPairError> {
    fs::read(path).map_err(|error| TlsPairError::Unreadable {
        path: path.to_owned(),
        error,
    })
}
