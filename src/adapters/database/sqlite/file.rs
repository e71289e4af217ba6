//! What the files of a SQLite database tell without being opened as one.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
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

pub(super) fn write_ahead_log(path: &Path) -> PathBuf {
    beside(path, "-wal".as_ref())
}

fn beside(path: &Path, ending: &OsStr) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
