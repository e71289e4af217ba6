//! A service that verifies tokens and follows `Cache-Control` alone: it asks for
//! the key set when what it has is too old, and never because of a token.

use reqwest::StatusCode;
use serde_json::Value;
use signet::domain::Timestamp;
use tokio::sync::Mutex;

use super::client::{Client, now};
use crate::support::verifier::verify;

pub struct Follower {
    client: Client,
    held: Mutex<Option<Held>>,
}

struct Held {
    key_set: Value,
    until: Timestamp,
}

impl Follower {
    pub fn new(client: Client) -> Self {
        let held = Mutex::default();
        Self { client, held }
    }

    /// Whether the token, which was issued just now, is one of the issuer.
    pub async fn verifies(&self, token: &str) -> bool {
        let mut held = self.held.lock().await;
        if held.as_ref().is_none_or(|held| held.until <= now()) {
            *held = Some(self.fetch().await);
        }
        let key_set = &held.as_ref().unwrap().key_set;
        verify(token, key_set, now()).is_some()
    }

    /// It is served whatever is away.
    async fn fetch(&self) -> Held {
        // An answer ages from when it was asked for (RFC 9111 §4.2.3).
        let asked = now();
        let request = self.client.get("/.well-known/jwks.json");
        let answer = self.client.send(request).await;
        let answer = answer.expect("the key set is served whatever is away");
        assert_eq!(answer.status, StatusCode::OK);
        Held {
            key_set: answer.body,
            until: asked + answer.max_age.unwrap(),
        }
    }
}
