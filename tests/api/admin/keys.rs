//! Listing and rotating the signing keys.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signet::{crypto::MasterKeys, usecases::Initiator};

use crate::support::{
    app::TestApp,
    fixtures::{another_master_key, master_key},
    problem::assert_problem,
    site::{Site, assert_fields},
    verifier::part,
};

/// How long a key is published before it signs, by default.
pub(in crate::api) const AHEAD: Duration = Duration::from_secs(430);

pub(super) async fn start() -> Site {
    let builder = TestApp::builder().with_fresh_keys();
    // Tokens outlive the keys' times here.
    let builder = builder.set("SIGNET_ACCESS_TOKEN_TTL", "1day");
    Site::on(builder).await
}

/// The id of the key in this state.
pub(in crate::api) async fn in_state(site: &Site, state: &str) -> String {
    let keys = site.read("/admin/keys").await;
    let mut keys = keys["items"].as_array().unwrap().iter();
    let key = keys.find(|key| key["state"] == state).unwrap();
    key["kid"].as_str().unwrap().to_owned()
}

/// What verifiers are told.
pub(super) async fn published(site: &Site) -> Vec<String> {
    let set = site.app.key_set().await;
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// The key of a new token.
pub(super) async fn signs(site: &Site) -> Value {
    let (_, login) = site.login_of("ada", &[]).await;
    part(&login.access, 0)["kid"].clone()
}

#[tokio::test]
async fn the_list_tells_each_keys_state_and_dates_and_no_secret() {
    let site = start().await;
    let keys = site.read("/admin/keys").await;
    let items = keys["items"].as_array().unwrap();
    let next = items.iter().find(|key| key["state"] == "next").unwrap();
    let expected = json!({
        "kid": next["kid"],
        "algorithm": "EdDSA",
        "state": "next",
        "published_at": "2026-01-01T00:00:00+00:00",
        "activated_at": null,
        "retired_at": null,
        "expired_at": null,
        "tokens_expire_at": null,
        "leaves_state_from": "2026-01-01T00:07:10+00:00",
        "master_key_id": master_key().id().to_string(),
    });
    assert_eq!(*next, expected);
    let active = items.iter().find(|key| key["state"] == "active").unwrap();
    assert_eq!(active["activated_at"], "2026-01-01T00:00:00+00:00");
    assert_eq!(active["leaves_state_from"], "2026-01-31T00:00:00+00:00");
    assert_eq!(items.len(), 2);
}

#[tokio::test]
async fn keys_are_listed_in_pages_the_latest_made_first() {
    let site = start().await;
    site.app.pass(AHEAD).await;
    assert_eq!(
        site.ask(Method::POST, "/admin/keys/rotate").await.status(),
        200
    );
    let all = site.column("/admin/keys", "kid").await;
    assert_eq!(all[0], in_state(&site, "next").await);
    let pages = site.pages("/admin/keys", "kid", 2).await;
    assert_eq!(pages, [all[..2].to_vec(), all[2..].to_vec()]);
}

#[tokio::test]
async fn a_rotation_too_early_tells_from_when_it_may_and_changes_nothing() {
    let site = start().await;
    site.app.pass(Duration::from_millis(500)).await;
    let before = site.read("/admin/keys").await;
    let response = site.ask(Method::POST, "/admin/keys/rotate").await;
    assert_eq!(response.headers()["retry-after"], "430");
    let problem = assert_problem(response, StatusCode::CONFLICT, "too_early").await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("2026-01-01T00:07:10Z"), "{detail}");
    assert!(detail.contains(&in_state(&site, "next").await), "{detail}");
    assert_eq!(site.read("/admin/keys").await, before);
}

#[tokio::test]
async fn a_rotation_is_what_the_very_next_request_sees() {
    let site = start().await;
    site.app.pass(AHEAD).await;
    let (active, next) = (
        in_state(&site, "active").await,
        in_state(&site, "next").await,
    );
    // The empty object says the same as no body.
    let response = site.post("/admin/keys/rotate", &json!({})).await;
    assert_eq!(response.status(), StatusCode::OK);
    let rotated: Value = response.json().await.unwrap();
    let new = in_state(&site, "next").await;
    let expected = json!({ "active": next, "retired": active, "next": new });
    assert_eq!(rotated, expected);
    assert!(published(&site).await.contains(&new));
    assert_eq!(signs(&site).await, next);
    let again = site.ask(Method::POST, "/admin/keys/rotate").await;
    assert_problem(again, StatusCode::CONFLICT, "too_early").await;
}

#[tokio::test]
async fn another_algorithm_is_published_at_once_and_signs_when_it_is_known() {
    let site = start().await;
    site.app.pass(AHEAD).await;
    let former = in_state(&site, "next").await;
    let wanted = json!({ "algorithm": "ES256" });
    let response = site.post("/admin/keys/rotate", &wanted).await;
    assert_eq!(response.headers()["retry-after"], "430");
    let problem = assert_problem(response, StatusCode::CONFLICT, "too_early").await;
    let next = in_state(&site, "next").await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains(&former) && detail.contains(&next),
        "{detail}"
    );
    assert!(published(&site).await.contains(&next));
    site.app.pass(AHEAD).await;
    let response = site.post("/admin/keys/rotate", &wanted).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(signs(&site).await, next);
}

#[tokio::test]
async fn an_algorithm_that_is_unknown_is_refused() {
    let site = start().await;
    for algorithm in [json!("HS256"), json!("none"), json!("es256"), json!(256)] {
        let body = json!({ "algorithm": algorithm });
        let response = site.post("/admin/keys/rotate", &body).await;
        assert_fields(response, &["algorithm"]).await;
    }
}

/// It would be sealed under a master key that the others may not have.
#[tokio::test]
async fn a_server_that_lacks_a_master_key_in_use_makes_no_key() {
    let site = start().await;
    site.app.pass(AHEAD).await;
    let both = MasterKeys::new(another_master_key(), vec![master_key()]);
    let rewrap = site.app.ports.rewrap_keys(&Arc::new(both));
    rewrap.run(&Initiator::command_line()).await.unwrap();
    let (active, before) = (
        in_state(&site, "active").await,
        site.read("/admin/keys").await,
    );
    for (method, path) in [
        (Method::POST, "/admin/keys/rotate".to_owned()),
        (Method::DELETE, format!("/admin/keys/{active}")),
    ] {
        let response = site.ask(method, &path).await;
        assert_problem(response, StatusCode::CONFLICT, "master_key_missing").await;
    }
    assert_eq!(site.read("/admin/keys").await, before);
}

/// Nothing is sealed for that.
#[tokio::test]
async fn a_server_that_lacks_a_master_key_in_use_revokes_a_retired_key() {
    let mut site = start().await;
    site.app.pass(AHEAD).await;
    let retired = in_state(&site, "active").await;
    let rotated = site.ask(Method::POST, "/admin/keys/rotate").await;
    assert_eq!(rotated.status(), StatusCode::OK);
    site.admin = site.app.refreshed(&site.admin.refresh).await;
    let both = MasterKeys::new(another_master_key(), vec![master_key()]);
    let rewrap = site.app.ports.rewrap_keys(&Arc::new(both));
    rewrap.run(&Initiator::command_line()).await.unwrap();
    let path = format!("/admin/keys/{retired}");
    let revoked = site.ask(Method::DELETE, &path).await;
    assert_eq!(revoked.status(), StatusCode::OK);
    assert_eq!(in_state(&site, "expired").await, retired);
    assert!(!published(&site).await.contains(&retired));
    // What needs no key is refused for its own reason.
    let again = site.ask(Method::DELETE, &path).await;
    assert_problem(again, StatusCode::CONFLICT, "key_expired").await;
    let unknown = site.ask(Method::DELETE, "/admin/keys/nobody").await;
    assert_problem(unknown, StatusCode::NOT_FOUND, "not_found").await;
}
