//! Who else may read or write the files, by their modes.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::report::Check;
use crate::{adapters::database::sqlite_files, config::MasterKeySource};

const GROUP_READS: u32 = 0o040;
const GROUP_OR_OTHERS_WRITE: u32 = 0o022;
const GROUP_OR_OTHERS: u32 = 0o077;

/// The folder, the database and SQLite's files beside it, as far as they exist.
pub(super) fn of_database(path: &Path) -> Vec<Check> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let files = sqlite_files(path);
    let files = files
        .iter()
        .filter_map(|file| Some(of_private_file("database file", file, mode(file)?)));
    let folder = mode(folder).map(|mode| of_folder(folder, mode));
    folder.into_iter().chain(files).collect()
}

/// The files that master keys are read from. A path that names none is told
/// where the key is read: it could be a key itself.
pub(super) fn of_master_keys(source: &MasterKeySource) -> Vec<Check> {
    source
        .files()
        .filter(|(_, path)| path.is_file())
        .filter_map(|(variable, path)| Some(of_secret(variable, path, mode(path)?)))
        .collect()
}

fn of_folder(path: &Path, mode: u32) -> Check {
    let (check, found) = ("data folder", shown(path, mode));
    let advice = format!("chmod 700 {}", path.display());
    if mode & GROUP_OR_OTHERS_WRITE != 0 {
        let found = format!("{found}: others may replace the files in it");
        Check::fail(check, found, advice)
    } else if mode & GROUP_OR_OTHERS != 0 {
        let found = format!("{found}: others may look into it");
        Check::warn(check, found, advice)
    } else {
        Check::ok(check, found)
    }
}

fn of_private_file(check: &str, path: &Path, mode: u32) -> Check {
    let found = shown(path, mode);
    if mode & GROUP_OR_OTHERS == 0 {
        return Check::ok(check, found);
    }
    let found = format!("{found}: others than its owner may use it");
    Check::fail(check, found, format!("chmod 600 {}", path.display()))
}

/// The file of another secret that a setting names.
pub(super) fn of_key(variable: &str, path: &Path) -> Option<Check> {
    Some(of_secret(variable, path, mode(path)?))
}

/// A group that only the server belongs to may read a key, as secrets that are
/// mounted into containers often want it.
fn of_secret(variable: &str, path: &Path, mode: u32) -> Check {
    let check = format!("file of {variable}");
    if mode & GROUP_OR_OTHERS != GROUP_READS {
        return of_private_file(&check, path, mode);
    }
    let found = format!("{}: its group may read the key", shown(path, mode));
    let chmod = format!(
        "chmod 600 {}, unless only the server is in that group",
        path.display()
    );
    Check::warn(check, found, chmod)
}

fn mode(path: &Path) -> Option<u32> {
    Some(fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

fn shown(path: &Path, mode: u32) -> String {
    format!("{} has mode {mode:04o}", path.display())
}
