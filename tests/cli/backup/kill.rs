use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
};

use super::{DATABASE, assert_done, await_file, backup, command, names, restore, start};
use crate::support::database::execute;

/// Enough to write that a kill finds the command in the middle of it.
async fn fill(database: &Path) {
    let blobs = "CREATE TABLE ballast (content BLOB); \
                 WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE n < 64) \
                 INSERT INTO ballast SELECT randomblob(1000000) FROM rows";
    execute(database, blobs).await;
}

/// Ends the command, as a loss of power would, once the file is there.
fn kill_when_it_writes(command: &mut Command, file: &Path) {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().unwrap();
    await_file(file, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// SIGXFSZ, by which a process that writes more than it may is killed.
const WROTE_TOO_MUCH: i32 = 25;

/// After how much of a file its writer is killed, in the 512 bytes that `ulimit`
/// counts in: at its beginning, in its middle, near its end.
const KILLED_AFTER: [u32; 3] = [64, 62_500, 124_000];

/// Runs the command, which is killed the moment it writes more than so much of a file.
fn killed_after(command: &Command, blocks: u32) {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -c 0; ulimit -f $0; exec \"$@\""])
        .arg(blocks.to_string())
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = shell.output().unwrap();
    assert_eq!(output.status.signal(), Some(WROTE_TOO_MUCH), "{output:?}");
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_backup_leaves_no_half_one_and_the_next_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    fill(&dir.path().join(DATABASE)).await;
    let file = dir.path().join("backup.db");
    for blocks in KILLED_AFTER {
        killed_after(&command(dir.path(), "backup", &file), blocks);
        assert!(!file.exists());
    }
    server.register("ada").await.unwrap();
    assert_done(&backup(dir.path(), &file));
    assert_eq!(names(dir.path()), ["backup.db", "data", "stdout"]);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_done(&restore(elsewhere.path(), &file));
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_restore_leaves_no_half_database_and_the_next_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let ada = server.register("ada").await.unwrap();
    fill(&dir.path().join(DATABASE)).await;
    let file = dir.path().join("backup.db");
    assert_done(&backup(dir.path(), &file));
    drop(server);

    let elsewhere = tempfile::tempdir().unwrap();
    for blocks in KILLED_AFTER {
        killed_after(&command(elsewhere.path(), "restore", &file), blocks);
        assert!(!elsewhere.path().join(DATABASE).exists());
    }
    assert_done(&restore(elsewhere.path(), &file));
    let restored = start(elsewhere.path());
    let password = ada["password"].as_str().unwrap();
    restored.log_in("ada", password).await.unwrap();
}

#[tokio::test]
async fn a_kill_during_a_backup_leaves_no_half_one_and_harms_no_server() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    fill(&dir.path().join(DATABASE)).await;
    let file = dir.path().join("backup.db");
    let partial = dir.path().join("backup.db.partial");
    kill_when_it_writes(&mut command(dir.path(), "backup", &file), &partial);
    server.register("ada").await.unwrap();
    if !file.exists() {
        assert_done(&backup(dir.path(), &file));
        assert_eq!(names(dir.path()), ["backup.db", "data", "stdout"]);
    }
    let elsewhere = tempfile::tempdir().unwrap();
    assert_done(&restore(elsewhere.path(), &file));
}

#[tokio::test]
async fn a_kill_during_a_restore_leaves_no_half_database() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let ada = server.register("ada").await.unwrap();
    fill(&dir.path().join(DATABASE)).await;
    let file = dir.path().join("backup.db");
    assert_done(&backup(dir.path(), &file));
    drop(server);

    let elsewhere = tempfile::tempdir().unwrap();
    let database = elsewhere.path().join(DATABASE);
    let partial = elsewhere.path().join("data/signet.db.partial");
    kill_when_it_writes(&mut command(elsewhere.path(), "restore", &file), &partial);
    if !database.exists() {
        assert_done(&restore(elsewhere.path(), &file));
    }
    let restored = start(elsewhere.path());
    let password = ada["password"].as_str().unwrap();
    restored.log_in("ada", password).await.unwrap();
}
