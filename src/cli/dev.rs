//! What `serve --dev` keeps in its folder.

use std::{fs, io, path::Path};

use zeroize::Zeroizing;

use super::keygen::new_master_key;
use crate::{
    adapters::system::{ensure_private_dir, ensure_private_file, write_new_private_file},
    crypto::MasterKey,
};

const MASTER_KEY_FILE: &str = "master.key";

/// The folder's master key, made at the first start. Folder and file are made
/// private where they are not.
pub(super) fn master_key(dir: &Path) -> io::Result<MasterKey> {
    ensure_private_dir(dir)?;
    let path = dir.join(MASTER_KEY_FILE);
    if !path.exists() {
        let written = write_new_private_file(&path, &new_master_key().to_text());
        // Another server may have been quicker: its key counts.
        if let Err(error) = written
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(error);
        }
    }
    ensure_private_file(&path)?;
    let text = Zeroizing::new(fs::read_to_string(&path)?);
    MasterKey::parse(text.trim_end()).map_err(|error| {
        let (path, dir) = (path.display(), dir.display());
        let message =
            format!("{path}: {error}. Restore the key, or delete the folder {dir} to start over");
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}
