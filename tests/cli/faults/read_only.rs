use std::{
    fs::{self, File, Permissions},
    io::Write,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    DATABASE, assert_kept, assert_not_ready, assert_ready, assert_unavailable, configured, get,
    log_in, register, registered, start,
};
use crate::support::{
    process::{signet, text},
    skip,
};

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

/// Files that nobody writes any more, as on a file system that turned read-only.
/// Their mode would be asked when they are opened alone.
struct Frozen(Vec<PathBuf>);

impl Frozen {
    /// `None` where a file cannot be frozen, or is written all the same by who has it
    /// open.
    fn some(files: Vec<PathBuf>, beside: &Path) -> Option<Self> {
        let path = beside.join("trial");
        let mut trial = File::create(&path).unwrap();
        let _frozen = Self::freeze(vec![path])?;
        match trial.write_all(b"x") {
            Ok(()) => None,
            Err(_) => Self::freeze(files),
        }
    }

    fn freeze(files: Vec<PathBuf>) -> Option<Self> {
        let frozen = Self(files);
        frozen.change("+i").then_some(frozen)
    }

    fn change(&self, how: &str) -> bool {
        let mut change = Command::new("chattr");
        let changed = change.arg(how).args(&self.0).stderr(Stdio::null()).status();
        changed.is_ok_and(|status| status.success())
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.change("-i");
    }
}

#[tokio::test]
async fn files_that_turn_read_only_under_a_server_lose_nothing_and_heal() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let ada = registered(&server, "ada").await;
    let files = [DATABASE, "data/signet.db-wal"].map(|file| dir.path().join(file));
    let Some(frozen) = Frozen::some(files.into(), dir.path()) else {
        skip::tell("no open file may be kept from being written");
        return;
    };
    assert_unavailable(register(&server, "bob").await).await;
    assert_unavailable(log_in(&server, &ada).await).await;
    assert_not_ready(&server).await;
    let keys = get(&server, "/.well-known/jwks.json").await;
    assert_eq!(keys.status(), 200);
    server.wait_for_log("readonly database");

    drop(frozen);
    assert_ready(&server).await;
    let bob = registered(&server, "bob").await;
    assert_kept(server, dir.path(), &[ada, bob]).await;
}
