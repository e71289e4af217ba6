//! Revoking signing keys.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use signet::{
    domain::SigningAlgorithm,
    usecases::keys::{ImportAs, ImportKey},
};

use super::keys::{AHEAD, in_state, published, signs, start};
use crate::support::{
    fixtures::an_initiator,
    keys::private_key,
    oauth::Login,
    problem::{assert_invalid_token, assert_problem},
    site::{Site, assert_fields},
};

async fn revoke(site: &Site, kid: &str) -> Response {
    site.ask(Method::DELETE, &format!("/admin/keys/{kid}"))
        .await
}

async fn answer(response: Response) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test]
async fn the_tokens_of_a_revoked_active_key_die_at_once_and_sessions_go_on() {
    let mut site = start().await;
    let (active, next) = (
        in_state(&site, "active").await,
        in_state(&site, "next").await,
    );
    let mut revoked = answer(revoke(&site, &active).await).await;
    let message = revoked["message"].take();
    assert!(message.as_str().unwrap().contains(&active), "{message}");
    let expected = json!({
        "kid": active,
        "was": "active",
        "tokens_die": true,
        // Another server signs for 130 s more, tokens of a day.
        "tokens_expire_at": "2026-01-02T00:02:10+00:00",
        "cached_for": 360,
        "signs_now": next,
        "known_from": "2026-01-01T00:07:10+00:00",
        "message": null,
    });
    assert_eq!(revoked, expected);
    let reason = "the token's signing key is not one of the key set";
    assert_invalid_token(revoke(&site, &next).await, reason).await;
    // The admin's own token was one of them, and the session is not over.
    let refreshed = site.app.refresh(&site.admin.refresh).await;
    site.admin = Login::of(refreshed).await;
    assert!(!published(&site).await.contains(&active));
    assert_eq!(signs(&site).await, next);
    assert_eq!(in_state(&site, "expired").await, active);
}

#[tokio::test]
async fn no_token_dies_with_a_next_key_that_never_signed() {
    let site = start().await;
    let (active, next) = (
        in_state(&site, "active").await,
        in_state(&site, "next").await,
    );
    let revoked = answer(revoke(&site, &next).await).await;
    assert_eq!(revoked["was"], "next");
    assert_eq!(revoked["tokens_die"], false);
    assert_eq!(revoked["tokens_expire_at"], Value::Null);
    assert_eq!(revoked["signs_now"], Value::Null);
    let replacement = in_state(&site, "next").await;
    assert_ne!(replacement, next);
    let expected = [active, replacement];
    let published = published(&site).await;
    assert!(expected.iter().all(|kid| published.contains(kid)) && published.len() == 2);
}

#[tokio::test]
async fn a_retired_key_is_revoked_once() {
    let mut site = start().await;
    site.app.pass(AHEAD).await;
    let active = in_state(&site, "active").await;
    assert_eq!(
        site.ask(Method::POST, "/admin/keys/rotate").await.status(),
        200
    );
    site.admin = site.app.refreshed(&site.admin.refresh).await;
    let revoked = answer(revoke(&site, &active).await).await;
    assert_eq!(revoked["was"], "retired");
    assert_eq!(revoked["tokens_die"], true);
    assert!(!published(&site).await.contains(&active));
    let again = revoke(&site, &active).await;
    assert_problem(again, StatusCode::CONFLICT, "key_expired").await;
}

#[tokio::test]
async fn a_revocation_can_be_bound_to_the_state_that_the_caller_saw() {
    let site = start().await;
    let next = in_state(&site, "next").await;
    let path = format!("/admin/keys/{next}?state=");
    let outdated = site.ask(Method::DELETE, &format!("{path}active")).await;
    let problem = assert_problem(outdated, StatusCode::CONFLICT, "key_state_changed").await;
    assert!(problem["detail"].as_str().unwrap().contains("next"));
    assert_eq!(in_state(&site, "next").await, next);
    let nonsense = site.ask(Method::DELETE, &format!("{path}gone")).await;
    assert_fields(nonsense, &["state"]).await;
    let revoked = site.ask(Method::DELETE, &format!("{path}next")).await;
    assert_eq!(revoked.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_imported_key_is_reached_by_whatever_id_it_has() {
    let site = start().await;
    let keys = &site.app.keys;
    let import = ImportKey {
        keys: keys.keys.clone(),
        maker: keys.maker.clone(),
        clock: keys.clock.clone(),
    };
    let kid = "2024/01%?#";
    let token_lifetime = Duration::from_hours(1);
    let import_as = ImportAs::Retired { token_lifetime };
    let (by, key, named) = (an_initiator(), private_key(), kid.parse().unwrap());
    import
        .run(&by, &key, SigningAlgorithm::Rs256, Some(named), import_as)
        .await
        .unwrap();
    let revoked = answer(revoke(&site, "2024%2F01%25%3F%23").await).await;
    assert_eq!(revoked["kid"], kid);
    assert_eq!(revoked["tokens_expire_at"], "2026-01-01T01:00:00+00:00");
}
