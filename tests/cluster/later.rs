//! What each server by itself makes of what the others answered before.

use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::{
    client::now,
    fleet::Fleet,
    ledger::{Consumed, Ledger},
    service::Service,
};
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

/// Whoever comes with it, wherever, is a thief or was robbed (RFC 9700 §4.14.2).
pub async fn a_consumed_token_ends_its_session_at_every_server(fleet: &Fleet, ledger: &Ledger) {
    let consumed: Vec<_> = ledger.read(|ledger| ledger.consumed.iter().take(3).cloned().collect());
    assert_eq!(consumed.len(), 3);
    // The time in which it may be repeated is over then.
    let database = fleet.postgres.connect("postgres").await;
    let over = database.execute_unprepared("UPDATE sessions SET history = '[]'");
    over.await.unwrap();
    for (server, Consumed { session, token }) in consumed.into_iter().enumerate() {
        let current = ledger.read(|ledger| ledger.kept[&session].clone());
        is_refused(fleet, server, &token).await;
        for server in 0..3 {
            is_refused(fleet, server, &current).await;
        }
        ledger.note(|ledger| {
            ledger.kept.remove(&session);
            ledger.ended.insert(session);
        });
    }
}

pub async fn no_server_takes_the_token_of_an_ended_session(fleet: &Fleet, ledger: &Ledger) {
    let tokens = ledger.read(|ledger| ledger.ended_tokens.clone());
    assert!(!tokens.is_empty());
    for server in 0..3 {
        for token in &tokens {
            is_refused(fleet, server, token).await;
        }
    }
}

pub async fn no_server_takes_a_revoked_token_of_a_service(
    fleet: &Fleet,
    ledger: &Ledger,
    service: &Service,
) {
    let tokens = ledger.read(|ledger| ledger.revoked.clone());
    assert!(!tokens.is_empty());
    for server in 0..3 {
        let url = fleet.url(server, "/introspect");
        let is_active = async |token: &str| {
            let request = reqwest::Client::new().post(&url).form(&[("token", token)]);
            let answer = service.authenticate(request).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let body: Value = answer.json().await.unwrap();
            body["active"] == true
        };
        for token in &tokens {
            assert!(!is_active(token).await, "a revocation was lost");
        }
        assert!(is_active(&service.token(fleet, server).await).await);
    }
}

async fn is_refused(fleet: &Fleet, server: usize, token: &str) {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let request = reqwest::Client::new().post(fleet.url(server, "/token"));
    let answer = request.form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"], "invalid_grant");
}
