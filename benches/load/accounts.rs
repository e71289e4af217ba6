//! Accounts of the server under load, and the requests that they send.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{
    CONNECTIONS, Outcome,
    paced::{Paced, Waited, answered},
    server::Server,
    wrk::{Run, Seen},
};

/// Longer than the hashes of all connections take.
pub(crate) const LEFT_OVERS: Duration = Duration::from_secs(2);

/// An account and its password.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// Registers so many.
pub(crate) fn register(server: &Server, count: usize) -> Outcome<Vec<Account>> {
    let account = |number| {
        let name = format!("someone-{number}");
        let email = format!("{name}@example.com");
        let made = server.post("/register", &json!({ "username": name, "email": email }))?;
        let password = made["password"].as_str().ok_or("no password")?.to_owned();
        Ok(Account { name, password })
    };
    (0..count).map(account).collect()
}

/// Logins of these accounts in turn.
pub(crate) struct Logins {
    url: String,
    bodies: Vec<String>,
    /// The bodies as wrk reads them.
    file: String,
    turn: AtomicUsize,
}

impl Logins {
    pub(crate) fn of(server: &Server, accounts: &[Account]) -> Outcome<Self> {
        let body = |account: &Account| {
            json!({ "username": account.name, "password": account.password }).to_string()
        };
        let bodies: Vec<_> = accounts.iter().map(body).collect();
        Ok(Self {
            url: server.at("/auth"),
            file: server.file_of_lines("logins", &bodies)?,
            bodies,
            turn: AtomicUsize::new(0),
        })
    }

    /// As many as the server answers. Returns when it has also done those that
    /// wrk gave up at its end: they would disturb what is measured next.
    pub(crate) fn saturate(&self, seconds: u32) -> Outcome<Seen> {
        let seen = self.flood(seconds);
        thread::sleep(LEFT_OVERS);
        seen
    }

    /// The same, and returns at once.
    pub(crate) fn flood(&self, seconds: u32) -> Outcome<Seen> {
        let run = Run {
            script: "post.lua",
            url: &self.url,
            arguments: &["application/json", &self.file],
            connections: CONNECTIONS,
            seconds,
        };
        run.go()
    }

    /// At this pace, whatever the server does.
    pub(crate) fn paced(&self, pace: &Paced) -> Outcome<Waited> {
        pace.go(|client| answered(self.next(client)))
    }

    fn next(&self, client: &Client) -> RequestBuilder {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.bodies.len();
        client
            .post(&self.url)
            .header("Content-Type", "application/json")
            .body(self.bodies[turn].clone())
    }
}

/// Logs every account in; the refresh tokens of their sessions.
pub(crate) fn log_in(server: &Server, accounts: &[Account]) -> Outcome<Vec<String>> {
    let token = |account: &Account| {
        let Account { name, password } = account;
        let answer = server.post("/auth", &json!({ "username": name, "password": password }))?;
        refresh_token(&answer)
    };
    accounts.iter().map(token).collect()
}

fn refresh_token(answer: &Value) -> Outcome<String> {
    let token = answer["refresh_token"].as_str();
    Ok(token.ok_or("no refresh token")?.to_owned())
}

/// Sessions that are refreshed in turn.
pub(crate) struct Sessions {
    url: String,
    /// The current one of each session that waits for its turn.
    tokens: Arc<Mutex<VecDeque<String>>>,
}

impl Sessions {
    pub(crate) fn of(server: &Server, accounts: &[Account]) -> Outcome<Self> {
        Ok(Self {
            url: server.at("/token"),
            tokens: Arc::new(Mutex::new(log_in(server, accounts)?.into())),
        })
    }

    /// At this pace, whatever the server does.
    pub(crate) fn paced(&self, pace: &Paced) -> Outcome<Waited> {
        pace.go(|client| refresh(client.post(&self.url), self.tokens.clone()))
    }
}

async fn refresh(request: RequestBuilder, tokens: Arc<Mutex<VecDeque<String>>>) -> Outcome<()> {
    let lock = || tokens.lock().unwrap_or_else(PoisonError::into_inner);
    let token = lock()
        .pop_front()
        .ok_or("every session is being refreshed")?;
    let form = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    let answer = request.form(&form).send().await?.error_for_status()?;
    let next = refresh_token(&answer.json().await?)?;
    lock().push_back(next);
    Ok(())
}
