use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Mutex;

use crate::support::process::{MASTER_KEY, RunningServer, signet};

/// How many answered registrations the server is killed after.
const ANSWERED: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_registrations_loses_none_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = signet(dir.path());
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_REGISTER_RATE_LIMIT", "off")
            .env("SIGNET_AUTH_RATE_LIMIT", "off");
        RunningServer::start(&mut command)
    };
    let server = Arc::new(start());
    let answered = Arc::new(Mutex::new(Vec::new()));
    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (server, answered, next) = (server.clone(), answered.clone(), next.clone());
        clients.spawn(async move {
            loop {
                let name = format!("user{}", next.fetch_add(1, Ordering::SeqCst));
                let Ok(user) = server.register(&name).await else {
                    return;
                };
                answered
                    .lock()
                    .await
                    .push((name, user["password"].as_str().unwrap().to_owned()));
            }
        });
    }
    while answered.lock().await.len() < ANSWERED {
        tokio::task::yield_now().await;
    }
    let pid = server.pid().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &pid])
        .status();
    assert!(killed.unwrap().success());
    clients.join_all().await;

    let server = start();
    let answered = answered.lock().await;
    assert!(answered.len() >= ANSWERED);
    for (name, password) in answered.iter() {
        assert!(
            server.log_in(name, password).await.is_ok(),
            "{name} was lost"
        );
    }
    server.stop();
}
