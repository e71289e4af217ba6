use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use super::{DATABASE, configured, start};
use crate::support::process::{signet, text};

/// Nobody, whom permissions bind where the tests run as root.
const NOBODY: u32 = 65534;

/// The server as a user who may not write, in whose reach it lies.
fn serve_unprivileged(dir: &Path) -> Command {
    let mut command = configured(signet(dir));
    if rustix::process::geteuid().is_root() {
        let binary = dir.join("signet");
        fs::copy(command.get_program(), &binary).unwrap();
        let mut unprivileged = Command::new(binary);
        unprivileged.current_dir(dir).uid(NOBODY).gid(NOBODY);
        for (name, _) in signet(dir).get_envs() {
            unprivileged.env_remove(name);
        }
        command = configured(unprivileged);
    }
    command.arg("serve");
    command
}

/// A database that a server has made and left, for the same user to read.
fn served(mode_of_file: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert!(start(dir.path()).stop().0.success());
    let (data, database) = (dir.path().join("data"), dir.path().join(DATABASE));
    if rustix::process::geteuid().is_root() {
        for path in [dir.path(), &data, &database] {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    fs::set_permissions(&database, Permissions::from_mode(mode_of_file)).unwrap();
    dir
}

#[test]
fn a_start_on_a_file_that_may_not_be_written_says_so() {
    let dir = served(0o400);
    let output = serve_unprivileged(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    for word in [DATABASE, "Permission denied", "its owner"] {
        assert!(said.contains(word), "{word} in {said}");
    }
}

#[test]
fn a_start_in_a_folder_that_may_not_be_written_says_so() {
    let dir = served(0o600);
    let data = dir.path().join("data");
    fs::set_permissions(&data, Permissions::from_mode(0o500)).unwrap();
    let output = serve_unprivileged(dir.path()).output().unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o700)).unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    for word in [DATABASE, "its owner"] {
        assert!(said.contains(word), "{word} in {said}");
    }
}
