use std::{
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
