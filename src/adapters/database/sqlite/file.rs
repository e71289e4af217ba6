//! What the files of a SQLite database tell without being opened as one.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The database file and those that SQLite keeps beside it, whether or not
/// they are there: the write-ahead log, its index in shared memory, and the
/// journal of one that has no such log.
pub fn sqlite_files(path: &Path) -> [PathBuf; 4] {
    [
        path.to_owned(),
        write_ahead_log(path),
        beside(path, "-shm".as_ref()),
        beside(path, "-journal".as_ref()),
    ]
}

/// Whether the file is written through a write-ahead log: its read and write
/// versions are 2 (SQLite's file format, section 1.3.3).
pub fn uses_write_ahead_log(path: &Path) -> io::Result<bool> {
    const VERSIONS: std::ops::Range<usize> = 18..20;
    let mut header = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut header)?;
    Ok(header.get(VERSIONS) == Some(&[2, 2]))
}

/// What a file looks like that nobody has open.
#[derive(Clone, Debug)]
pub(super) struct AtRest {
    path: PathBuf,
    length: u64,
    modified: SystemTime,
}

impl AtRest {
    /// `None` where there is a write-ahead log: then someone has it open, or was
    /// killed.
    ///
    /// # Errors
    /// Also where a write was cut off, or is on its way, whose journal lies beside the
    /// file: to read what the file holds without it would be to read half of a write.
    pub(super) fn of(path: &Path) -> io::Result<Option<Self>> {
        if has_hot_journal(path)? {
            return Err(io::Error::other(
                "a journal (-journal) lies beside the database: a write to it was cut off or is on \
                 its way. End what writes to it, and let `signet migrate` undo the write",
            ));
        }
        if write_ahead_log(path).exists() {
            return Ok(None);
        }
        let metadata = path.metadata()?;
        Ok(Some(Self {
            path: path.to_owned(),
            length: metadata.len(),
            modified: metadata.modified()?,
        }))
    }

    /// Whether nobody opened it since, as far as that leaves a trace.
    pub(super) fn is_still(&self) -> bool {
        match Self::of(&self.path) {
            Ok(Some(now)) => now.length == self.length && now.modified == self.modified,
            Ok(None) | Err(_) => false,
        }
    }
}

/// Whether there is a rollback journal that is not finished with: an empty one is, and
/// one that begins with a zero (SQLite's "File Locking And Concurrency", section 4.1).
fn has_hot_journal(path: &Path) -> io::Result<bool> {
    match File::open(beside(path, "-journal".as_ref())) {
        Ok(mut journal) => {
            let mut first = [0];
            Ok(journal.read(&mut first)? == 1 && first != [0])
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn write_ahead_log(path: &Path) -> PathBuf {
    beside(path, "-wal".as_ref())
}

fn beside(path: &Path, ending: &OsStr) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
