//! What each server by itself makes of what the others answered before.

use reqwest::StatusCode;
use serde_json::Value;

use super::{client::now, fleet::Fleet, ledger::Ledger};
use crate::support::verifier::verify;

/// Of whichever key and server a token was, and whatever followed that key.
pub async fn tokens_verify_by_every_servers_key_set(fleet: &Fleet, ledger: &Ledger) {
    let tokens = ledger.read(|ledger| ledger.access_tokens.clone());
    for server in 0..3 {
        let url = fleet.url(server, "/.well-known/jwks.json");
        let key_set: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        for token in &tokens {
            assert!(verify(token, &key_set, now()).is_some(), "{token}");
        }
    }
}

pub async fn no_server_takes_the_token_of_an_ended_session(fleet: &Fleet, ledger: &Ledger) {
    let tokens = ledger.read(|ledger| ledger.ended_tokens.clone());
    assert!(!tokens.is_empty());
    let client = reqwest::Client::new();
    for server in 0..3 {
        for token in &tokens {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
            let request = client.post(fleet.url(server, "/token")).form(&form);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["error"], "invalid_grant");
        }
    }
}
