use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::private_files::{FILE_MODE, sync_folder};

/// A new file under a name of its own, that of the wanted file and `.partial`,
/// until all of it is right and on the disk. What a killed process left there
/// is replaced; what a living one is writing is not.
#[derive(Debug)]
pub struct DraftFile {
    path: PathBuf,
    target: PathBuf,
    /// Keeps the lock by which others see that someone is writing.
    file: File,
}

impl DraftFile {
    /// An empty one, for its owner alone. Fails with `AlreadyExists` where the
    /// wanted file is there, and with `WouldBlock` where another process is
    /// writing it.
    pub fn of(target: &Path) -> io::Result<Self> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut path = target.as_os_str().to_owned();
        path.push(".partial");
        let path = PathBuf::from(path);
        // The lock of what was left is kept until the new file is locked.
        let _left = remove_left(&path)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(&path)?;
        lock(&file)?;
        let target = target.to_owned();
        Ok(Self { path, target, file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn fill(&self, content: &mut impl Read) -> io::Result<()> {
        io::copy(content, &mut &self.file).map(drop)
    }

    /// Gives the file its name once all of it is on the disk. Fails with
    /// `AlreadyExists`, and replaces nothing, where the name was taken meanwhile.
    pub fn install(self) -> io::Result<()> {
        self.file.sync_all()?;
        rename(&self.path, &self.target)?;
        sync_folder(&self.target)
    }
}

/// What was not installed is of no use to anyone.
impl Drop for DraftFile {
    fn drop(&mut self) {
        let mine = self.file.metadata().map(|mine| mine.ino());
        let there = fs::symlink_metadata(&self.path).map(|there| there.ino());
        if let (Ok(mine), Ok(there)) = (mine, there)
            && mine == there
        {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// It is removed rather than written over: after a kill in the middle of
/// [`DraftFile::install`] the installed file may be the same one.
fn remove_left(path: &Path) -> io::Result<Option<File>> {
    let left = match File::open(path) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    lock(&left)?;
    match fs::symlink_metadata(path) {
        Ok(there) if there.ino() == left.metadata()?.ino() => fs::remove_file(path)?,
        _ => return Err(io::ErrorKind::WouldBlock.into()),
    }
    Ok(Some(left))
}

fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
        TryLockError::Error(error) => error,
    })
}

/// Replaces nothing.
#[cfg(target_os = "linux")]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::{
        fs::{CWD, RenameFlags, renameat_with},
        io::Errno,
    };

    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every file system can, NFS cannot.
        Err(Errno::INVAL | Errno::NOSYS) => rename_by_link(from, to),
        renamed => Ok(renamed?),
    }
}

#[cfg(not(target_os = "linux"))]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    rename_by_link(from, to)
}

fn rename_by_link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)?;
    fs::remove_file(from)
}
