//! Tokens that are none, at the endpoints that take any.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::StatusCode;

use crate::support::{
    app::{TestApp, TestAppBuilder},
    forgery::forgeries,
    oauth::{ServiceClient, inactive, sid},
    problem::assert_oauth_error,
    verifier::part,
};

fn unlimited() -> TestAppBuilder {
    TestApp::builder()
        .set("SIGNET_TOKEN_RATE_LIMIT", "off")
        .set("SIGNET_REVOKE_RATE_LIMIT", "off")
        .set("SIGNET_INTROSPECT_RATE_LIMIT", "off")
}

/// Asserts that both of a new user's tokens are inactive once `spoil` is done.
async fn assert_inactive_after(app: &TestApp, client: &ServiceClient, spoil: impl Future) {
    let login = app.ada().await;
    for token in [&login.access, &login.refresh] {
        assert_eq!(app.introspect(client, token).await["active"], true);
    }
    spoil.await;
    for token in [&login.access, &login.refresh] {
        assert_eq!(app.introspect(client, token).await, inactive());
    }
}

/// The refresh token with one bit of each of its parts changed, cut, prolonged,
/// and under another name.
fn spoiled(refresh: &str) -> Vec<String> {
    let encoded = refresh.strip_prefix("signet_rt_").unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap();
    let named = |text: &str| format!("signet_rt_{text}");
    // Key, session, generation, and both ends of the authenticator.
    let flipped = [3, 4, 23, 24, 55].into_iter().map(|position| {
        let mut bytes = bytes.clone();
        bytes[position] ^= 1;
        named(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    });
    flipped
        .chain([
            named(&BASE64_URL_SAFE_NO_PAD.encode(&bytes[..55])),
            named(&BASE64_URL_SAFE_NO_PAD.encode([&bytes[..], &[0]].concat())),
            named(""),
            encoded.to_owned(),
            refresh.to_uppercase(),
            format!("{refresh}="),
            format!(" {refresh}"),
        ])
        .collect()
}

#[tokio::test]
async fn every_forged_or_spoiled_access_token_introspects_as_inactive_alone() {
    let app = unlimited().start().await;
    let client = app.service_client("billing", "", &[]).await;
    let good = app.ada().await.access;
    for forgery in forgeries(&good) {
        let told = app.introspect(&client, &forgery.token).await;
        assert_eq!(told, inactive(), "{}", forgery.name);
    }
    assert_eq!(app.introspect(&client, &good).await["active"], true);
}

#[tokio::test]
async fn every_forged_or_spoiled_access_token_is_revoked_with_a_200_that_changes_nothing() {
    let app = unlimited().start().await;
    let login = app.ada().await;
    let rows = app.database.rows("SELECT id FROM sessions").await;
    for forgery in forgeries(&login.access) {
        let response = app.revoke(&forgery.token).await;
        assert_eq!(response.status(), StatusCode::OK, "{}", forgery.name);
        assert!(response.bytes().await.unwrap().is_empty());
    }
    let revoked = "SELECT jti FROM revoked_tokens";
    assert!(app.database.rows(revoked).await.is_empty());
    assert_eq!(app.database.rows("SELECT id FROM sessions").await, rows);
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_spoiled_refresh_token_is_refused_everywhere_and_ends_nothing() {
    let app = unlimited().start().await;
    let client = app.service_client("billing", "", &[]).await;
    let login = app.ada().await;
    for token in spoiled(&login.refresh) {
        let refused = app.refresh(&token).await;
        assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
        assert_eq!(app.introspect(&client, &token).await, inactive(), "{token}");
        assert_eq!(app.revoke(&token).await.status(), StatusCode::OK);
    }
    app.assert_live(&login).await;
}

#[tokio::test]
async fn an_access_token_is_no_refresh_token() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let refused = app.refresh(&login.access).await;
    assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
    app.assert_live(&login).await;
}

#[tokio::test]
async fn an_expired_access_token_is_inactive_and_ends_no_session() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    let login = app.ada().await;
    app.pass(Duration::from_secs(899)).await;
    assert_eq!(app.introspect(&client, &login.access).await["active"], true);
    app.pass(Duration::from_secs(1)).await;
    assert_eq!(app.introspect(&client, &login.access).await, inactive());
    assert_eq!(app.revoke(&login.access).await.status(), StatusCode::OK);
    app.refreshed(&login.refresh).await;
}

#[tokio::test]
async fn tokens_of_a_disabled_user_are_inactive() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    Box::pin(assert_inactive_after(
        &app,
        &client,
        app.set_status("disabled"),
    ))
    .await;
}

#[tokio::test]
async fn tokens_of_a_deleted_user_are_inactive() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    let delete = app.database.execute("DELETE FROM users");
    Box::pin(assert_inactive_after(&app, &client, delete)).await;
}

#[tokio::test]
async fn a_token_of_a_revoked_key_is_inactive_and_ends_no_session() {
    let app = TestApp::builder().with_fresh_keys().start().await;
    let client = app.service_client("billing", "", &[]).await;
    let login = app.ada().await;
    let kid = part(&login.access, 0)["kid"].as_str().unwrap().to_owned();
    assert_eq!(app.introspect(&client, &login.access).await["active"], true);
    app.revoke_key(&kid).await;
    assert_eq!(app.introspect(&client, &login.access).await, inactive());
    assert_eq!(app.revoke(&login.access).await.status(), StatusCode::OK);
    let next = app.refreshed(&login.refresh).await;
    assert_eq!(sid(&next.access), sid(&login.access));
}

#[tokio::test]
async fn a_service_client_does_not_revoke_the_token_of_another() {
    let app = TestApp::start().await;
    let billing = app.service_client("billing", "", &[]).await;
    let orders = app.service_client("orders", "", &[]).await;
    let token = app.client_token(&billing).await;
    let form = [("token", token.as_str())];
    let refused = app.post_form_as(&orders, "/revoke", &form).await;
    let told = assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
    assert_eq!(told, "the token was issued to another client");
    assert_eq!(app.introspect(&orders, &token).await["active"], true);
}
