use std::{path::Path, sync::Arc};

use serde_json::Value;
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinSet,
};

use crate::support::{
    database,
    oauth::sid,
    process::{MASTER_KEY, RunningServer, signet},
};

/// How many answers the server is killed after.
const ANSWERED: usize = 40;
const CLIENTS: usize = 8;

fn start(dir: &Path) -> RunningServer {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_REGISTER_RATE_LIMIT", "off")
        .env("SIGNET_AUTH_RATE_LIMIT", "off")
        .env("SIGNET_TOKEN_RATE_LIMIT", "off")
        .env("SIGNET_ACCOUNT_THROTTLE", "off")
        .env("SIGNET_HASH_MAX_WAIT", "1min")
        .env("SIGNET_REFRESH_REUSE_WINDOW", "5m");
    RunningServer::start(&mut command)
}

/// Has clients do this, each until the server is gone, and kills it while they do. Returns
/// what was answered.
async fn kill_amid<T, F>(
    server: RunningServer,
    client: impl Fn(usize, Arc<RunningServer>, UnboundedSender<T>) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = reqwest::Result<()>> + Send + 'static,
{
    let server = Arc::new(server);
    let (answers, mut answered): (_, UnboundedReceiver<T>) = mpsc::unbounded_channel();
    let clients: JoinSet<_> = (0..CLIENTS)
        .map(|number| client(number, server.clone(), answers.clone()))
        .collect();
    drop(answers);
    let mut all = Vec::new();
    while all.len() < ANSWERED {
        all.push(answered.recv().await.expect("clients end with the server"));
    }
    server.signal("KILL");
    let ends = clients.join_all().await;
    // By the kill, and not by an answer.
    let cut_off = |end: &reqwest::Result<()>| end.as_ref().is_err_and(|e| e.status().is_none());
    assert!(ends.iter().all(cut_off), "{ends:?}");
    while let Some(answer) = answered.recv().await {
        all.push(answer);
    }
    all
}

fn text(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap().to_owned()
}

async fn refresh(server: &RunningServer, token: &str) -> reqwest::Result<String> {
    let answer = server.refresh(token).await?.error_for_status()?;
    let body: Value = answer.json().await?;
    Ok(text(&body, "refresh_token"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_registrations_loses_none_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let registering = |number, server: Arc<RunningServer>, answers: UnboundedSender<_>| async move {
        for next in 0.. {
            let name = format!("user{next}-{number}");
            let user = server.register(&name).await?;
            let _ = answers.send((name, text(&user, "password")));
        }
        Ok(())
    };
    let answered = kill_amid(start(dir.path()), registering).await;
    let server = start(dir.path());
    for (name, password) in answered {
        let login = server.log_in(&name, &password).await;
        assert!(login.is_ok(), "{name} was lost");
    }
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_logins_loses_none_that_was_answered_nor_its_event() {
    let dir = tempfile::tempdir().unwrap();
    // An account each, as one has so many sessions and no more.
    let logging_in = |number, server: Arc<RunningServer>, answers: UnboundedSender<_>| async move {
        let name = format!("user{number}");
        let password = text(&server.register(&name).await?, "password");
        loop {
            let login = server.log_in(&name, &password).await?;
            let tokens = ["access_token", "refresh_token"].map(|name| text(&login, name));
            let _ = answers.send(tokens);
        }
    };
    let answered = kill_amid(start(dir.path()), logging_in).await;
    let server = start(dir.path());
    for [_, token] in &answered {
        let refreshed = refresh(&server, token).await;
        assert!(refreshed.is_ok(), "a session was lost: {refreshed:?}");
    }
    server.stop();
    let path = dir.path().join("data/signet.db");
    let events = "SELECT session_id FROM auth_logs WHERE outcome = 'success'";
    let events = database::rows(&path, events).await.concat();
    for [token, _] in &answered {
        assert!(events.contains(&sid(token)), "an event was lost");
    }
}

/// One that is committed and not answered leaves the token before it, which is repeated.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_refreshes_loses_none_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let refreshing = |number, server: Arc<RunningServer>, answers: UnboundedSender<_>| async move {
        let name = format!("user{number}");
        let password = text(&server.register(&name).await?, "password");
        let mut token = text(&server.log_in(&name, &password).await?, "refresh_token");
        loop {
            token = refresh(&server, &token).await?;
            let _ = answers.send((number, token.clone()));
        }
    };
    let answered = kill_amid(start(dir.path()), refreshing).await;
    let server = start(dir.path());
    for client in 0..CLIENTS {
        let mut of_client = answered.iter().filter(|(number, _)| *number == client);
        let Some((_, last)) = of_client.next_back() else {
            continue;
        };
        let refreshed = refresh(&server, last).await;
        assert!(refreshed.is_ok(), "a refresh was lost: {refreshed:?}");
    }
    server.stop();
}
