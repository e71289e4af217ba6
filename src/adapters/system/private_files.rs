//! Folders and files that only their owner may read.

use std::{
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

const DIR_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;

/// Makes the folder, and those above it, where they are missing.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(DIR_MODE)
        .create(path)
}

/// Makes the folder where it is missing, and takes others' rights away where it
/// is there.
pub fn ensure_private_dir(path: &Path) -> io::Result<()> {
    create_private_dir(path)?;
    fs::set_permissions(path, Permissions::from_mode(DIR_MODE))
}

/// Makes an empty file where there is none, and takes others' rights away
/// where there is one. SQLite gives its write-ahead log the same mode.
pub fn ensure_private_file(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(FILE_MODE)
        .open(path)?;
    let others_may = file.metadata()?.permissions().mode() & 0o077 != 0;
    if others_may {
        file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    }
    Ok(())
}

/// Writes a new file; fails with `AlreadyExists` where there is one. The file
/// appears under its name when all of it is on the disk, or not at all.
pub fn write_new_private_file(path: &Path, content: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let written = write_draft(&draft, content).and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    written?;
    sync_folder(path)
}

/// Puts on the disk that the file is in its folder.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => fs::File::open(dir)?.sync_all(),
        _ => fs::File::open(".")?.sync_all(),
    }
}

fn write_draft(draft: &Path, content: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE)
        .open(draft)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}
