use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::sync::Mutex;

use super::{assert_done, backup, restore, start};
use crate::support::process::RunningServer;

/// How many registrations are answered before the backup begins.
const ANSWERED: usize = 20;

type Answered = Arc<Mutex<Vec<(String, String)>>>;

/// Registers accounts and logs in until it is stopped.
async fn keep_busy(
    server: Arc<RunningServer>,
    next: Arc<AtomicUsize>,
    answered: Answered,
    stop: Arc<AtomicBool>,
) {
    while !stop.load(Ordering::SeqCst) {
        let name = format!("user{}", next.fetch_add(1, Ordering::SeqCst));
        // A machine that is busy may refuse some.
        let Ok(user) = server.register(&name).await else {
            continue;
        };
        let password = user["password"].as_str().unwrap().to_owned();
        answered.lock().await.push((name.clone(), password.clone()));
        let _ = server.log_in(&name, &password).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_was_answered_before_a_backup_began_is_in_it_while_writes_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = Arc::new(start(dir.path()));
    let (answered, next, stop) = (Answered::default(), Arc::default(), Arc::default());
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..4 {
        clients.spawn(keep_busy(
            server.clone(),
            Arc::clone(&next),
            answered.clone(),
            Arc::clone(&stop),
        ));
    }
    let before = loop {
        let answered = answered.lock().await.clone();
        if answered.len() >= ANSWERED {
            break answered;
        }
        tokio::task::yield_now().await;
    };
    let file = dir.path().join("backup.db");
    // Once more where none was answered meanwhile.
    loop {
        let answered_before = answered.lock().await.len();
        let (folder, written) = (dir.path().to_owned(), file.clone());
        let made = tokio::task::spawn_blocking(move || backup(&folder, &written));
        assert_done(&made.await.unwrap());
        if answered.lock().await.len() > answered_before {
            break;
        }
        fs::remove_file(&file).unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    clients.join_all().await;

    let elsewhere = tempfile::tempdir().unwrap();
    assert_done(&restore(elsewhere.path(), &file));
    let restored = start(elsewhere.path());
    for (name, password) in before {
        assert!(
            restored.log_in(&name, &password).await.is_ok(),
            "{name} is not in the backup"
        );
    }
}
