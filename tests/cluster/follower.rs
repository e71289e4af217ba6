//! Services that verify tokens, each by the key set of one address: one behind the
//! load balancer, and one beside each server that asks no other. They follow
//! `Cache-Control` and `ETag` alone: they ask for the key set when what they have
//! is too old, and never because of a token.

use std::{mem, time::Duration};

use reqwest::StatusCode;
use serde_json::Value;
use signet::domain::Timestamp;
use tokio::sync::Mutex;

use super::{
    client::{Client, Record, Span, now},
    fleet::Fleet,
    ledger::Ledger,
};
use crate::support::verifier::verify;

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);

const KEY_SET: &str = "/.well-known/jwks.json";

pub struct Followers {
    balanced: Follower,
    beside: [Follower; 3],
}

struct Follower {
    client: Client,
    /// Of its requests.
    record: Record,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// Tokens of which it could not tell whether they are right: whoever came with
    /// one got 503, and comes again.
    left: Vec<String>,
    postponed: usize,
    not_modified: usize,
}

struct Held {
    key_set: Value,
    etag: String,
    until: Timestamp,
}

impl Followers {
    /// What the load balancer answers goes to the record of all clients; a server that
    /// was ended answers nothing, which only its follower notices.
    pub fn new(fleet: &Fleet, record: &Record) -> Self {
        let follower = |base: &str, number, record: &Record| Follower {
            client: Client::new(base, number, record),
            record: record.clone(),
            state: Mutex::default(),
        };
        let beside = |server, number| follower(&fleet.url(server, ""), number, &Record::default());
        Self {
            balanced: follower(&fleet.haproxy.url(""), 100, record),
            beside: [beside(0, 110), beside(1, 111), beside(2, 112)],
        }
    }

    fn all(&self) -> impl Iterator<Item = &Follower> {
        std::iter::once(&self.balanced).chain(&self.beside)
    }

    pub fn count(&self) -> usize {
        self.all().count()
    }

    /// Brings the token, which was issued just now, to each of them; without one, only
    /// those that some could not tell of before.
    pub async fn judge(&self, token: Option<&str>, ledger: &Ledger) {
        for follower in self.all() {
            let (verified, refused) = follower.judge(token).await;
            ledger.note(|ledger| {
                ledger.verified += verified;
                ledger.unverified.extend(refused);
            });
        }
    }

    /// Goes on when the service beside the server cannot tell of a token any more.
    pub async fn lacks(&self, server: usize) {
        let lacking = async {
            while self.beside[server].state.lock().await.left.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, lacking).await.unwrap();
    }

    /// The key set is served whatever is away, but by a server that itself is; and who
    /// has it is not given it again while it is the same.
    pub async fn were_served(&self, downs: &[Vec<Span>; 3]) {
        let mut postponed = Vec::new();
        let downs = std::iter::once(&[][..]).chain(downs.iter().map(Vec::as_slice));
        for (follower, downs) in self.all().zip(downs) {
            for exchange in follower.record.all() {
                let served = [Some(StatusCode::OK), Some(StatusCode::NOT_MODIFIED)];
                if exchange.what.ends_with(KEY_SET) && !served.contains(&exchange.status) {
                    let down = downs.iter().any(|down| exchange.meets(*down));
                    assert!(down, "{exchange:?}");
                }
            }
            let state = follower.state.lock().await;
            assert!(state.not_modified > 0);
            postponed.push(state.postponed);
        }
        eprintln!("tokens that waited for a key set: {postponed:?}");
    }
}

impl Follower {
    /// How many of the tokens are right, and which are not.
    async fn judge(&self, token: Option<&str>) -> (usize, Vec<String>) {
        let mut state = self.state.lock().await;
        state.left.extend(token.map(str::to_owned));
        if !self.is_fresh(&mut state).await {
            state.postponed += usize::from(token.is_some());
            return (0, Vec::new());
        }
        let left = mem::take(&mut state.left);
        let Some(Held { key_set, .. }) = &state.held else {
            unreachable!("what is fresh is held");
        };
        let right = |token: &String| verify(token, key_set, now()).is_some();
        let (right, refused): (Vec<_>, _) = left.into_iter().partition(right);
        (right.len(), refused)
    }

    /// Whether it has a key set, or gets one, that may be used. One that cannot be had
    /// anew may be until it is too old.
    async fn is_fresh(&self, state: &mut State) -> bool {
        if state.held.as_ref().is_some_and(|held| now() < held.until) {
            return true;
        }
        // An answer ages from when it was asked for (RFC 9111 §4.2.3).
        let asked = now();
        let mut request = self.client.get(KEY_SET);
        if let Some(held) = &state.held {
            request = request.header("if-none-match", &held.etag);
        }
        let Some(answer) = self.client.send(request).await else {
            return false;
        };
        let until = asked + answer.max_age.unwrap();
        let etag = answer.etag.unwrap();
        match (answer.status, &mut state.held) {
            (StatusCode::NOT_MODIFIED, Some(held)) => {
                assert_eq!(etag, held.etag);
                held.until = until;
                state.not_modified += 1;
            }
            (status, held) => {
                assert_eq!(status, StatusCode::OK);
                let key_set = answer.body;
                *held = Some(Held {
                    key_set,
                    etag,
                    until,
                });
            }
        }
        true
    }
}
