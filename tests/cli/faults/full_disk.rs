use std::{
    fs::{self, File},
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    DATABASE, assert_kept, assert_not_ready, assert_ready, assert_unavailable, configured, get,
    log_in, register, registered, start,
};
use crate::support::{
    process::{RunningServer, signet, text},
    skip,
};

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_quota_that_is_used_up_loses_nothing_and_heals_with_it() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    fn limit(server: &RunningServer, current: Option<u64>) {
        let limit = Rlimit {
            current,
            maximum: None,
        };
        let pid = Pid::from_raw(server.pid());
        prlimit(pid, Resource::Fsize, limit).unwrap();
    }

    let dir = tempfile::tempdir().unwrap();
    // The signal that comes with such a limit is to be an error, as a full disk is.
    let binary = signet(dir.path());
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    shell.arg(binary.get_program()).current_dir(dir.path());
    for (name, _) in binary.get_envs() {
        shell.env_remove(name);
    }
    let server = RunningServer::start(&mut configured(shell));
    let ada = registered(&server, "ada").await;
    limit(&server, Some(0));
    assert_unavailable(register(&server, "bob").await).await;
    // An attempt that cannot be logged is none.
    assert_unavailable(log_in(&server, &ada).await).await;
    assert_not_ready(&server).await;
    let keys = get(&server, "/.well-known/jwks.json").await;
    assert_eq!(keys.status(), StatusCode::OK);

    limit(&server, None);
    assert_ready(&server).await;
    // What was refused was not done: the name is free.
    let bob = registered(&server, "bob").await;
    assert_kept(server, dir.path(), &[ada, bob]).await;
}

/// A small file system, where one may be mounted.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]);
        let mounted = mount.arg(&at).stderr(Stdio::null()).status();
        let mounted = mounted.is_ok_and(|status| status.success());
        mounted.then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_heals_with_room() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path().join("disk")) else {
        skip::tell("no file system may be mounted");
        return;
    };
    let server = start(&disk.0);
    let mut ballast = File::create(disk.0.join("ballast")).unwrap();
    while ballast.write_all(&[1; 512]).is_ok() {}
    // What the write-ahead log holds room for still goes in.
    let mut answered = Vec::new();
    loop {
        let name = format!("user{}", answered.len());
        let response = register(&server, &name).await;
        if response.status() != StatusCode::CREATED {
            assert_unavailable(response).await;
            break;
        }
        let body: Value = response.json().await.unwrap();
        let password = body["password"].as_str().unwrap().to_owned();
        answered.push((name, password));
    }
    // Not by removing it: a process that another test starts just now has it open, too.
    ballast.set_len(0).unwrap();
    assert_ready(&server).await;
    let refused = format!("user{}", answered.len());
    answered.push(registered(&server, &refused).await);
    assert_kept(server, &disk.0, &answered).await;
}

#[test]
fn a_start_on_a_full_disk_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path().join("disk")) else {
        skip::tell("no file system may be mounted");
        return;
    };
    let mut ballast = File::create(disk.0.join("ballast")).unwrap();
    while ballast.write_all(&[1; 4096]).is_ok() {}
    let output = configured(signet(&disk.0)).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    assert!(said.contains(DATABASE), "{said}");
    assert!(said.contains("full") || said.contains("space"), "{said}");
}
