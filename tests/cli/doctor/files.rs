use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{assert_holds, database_of, doctor, only, served};
use crate::support::process::{MASTER_KEY, RunningServer, run, signet, text};

/// The files of a folder by name, with mode and content; SQLite's
/// shared-memory index is no data.
fn files(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let paths = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    paths
        .filter(|path| path.is_file() && !path.to_str().unwrap().ends_with("-shm"))
        .map(|path| {
            let mode = path.metadata().unwrap().permissions().mode();
            let content = fs::read(&path).unwrap();
            (path, (mode, content))
        })
        .collect()
}

#[test]
fn files_that_others_may_read_fail_with_the_command_that_helps() {
    let dir = served();
    let key_file = dir.path().join("master.key");
    fs::write(&key_file, MASTER_KEY).unwrap();
    let check = || {
        let mut command = doctor(dir.path());
        command
            .env_remove("NOT_MY_KEY")
            .env("NOT_MY_KEY_FILE", &key_file);
        run(&mut command)
    };
    let private = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    private(&key_file, 0o600);
    for path in [&database_of(&dir), &key_file] {
        private(path, 0o644);
        let output = check();
        assert_eq!(output.status.code(), Some(1));
        let file = path.file_name().unwrap().to_str().unwrap();
        assert_holds(
            &only(&output, "FAIL"),
            &[file, "has mode 0644", "chmod 600 "],
        );
        private(path, 0o600);
    }
    private(&dir.path().join("data"), 0o755);
    assert_holds(&only(&check(), "warn"), &["has mode 0755", "chmod 700"]);
    private(&dir.path().join("data"), 0o777);
    assert_holds(&only(&check(), "FAIL"), &["has mode 0777", "chmod 700"]);
    private(&dir.path().join("data"), 0o700);
    private(&key_file, 0o640);
    assert_holds(&only(&check(), "warn"), &["NOT_MY_KEY_FILE", "group"]);
}

#[test]
fn nothing_is_changed_and_nothing_is_made() {
    let dir = served();
    // With something to correct, too.
    fs::set_permissions(database_of(&dir), Permissions::from_mode(0o644)).unwrap();
    let before = files(&dir.path().join("data"));
    assert_eq!(before.len(), 1);
    run(&mut doctor(dir.path()));
    assert!(files(&dir.path().join("data")) == before);
    assert_eq!(fs::read_dir(dir.path().join("data")).unwrap().count(), 1);
}

#[tokio::test]
async fn the_write_ahead_log_of_a_killed_server_is_read_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    server.register("ada").await.unwrap();
    server.kill();
    let before = files(&dir.path().join("data"));
    assert_eq!(before.len(), 2);
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(files(&dir.path().join("data")) == before);
}
