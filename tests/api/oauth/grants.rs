//! What `POST /token` takes besides a grant's credential.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{app::TestApp, oauth::Login, problem::assert_oauth_error, verifier::part};

const REFRESH: (&str, &str) = ("grant_type", "refresh_token");
const BAD: StatusCode = StatusCode::BAD_REQUEST;

#[tokio::test]
async fn a_refresh_may_name_the_first_party_client() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let token = ("refresh_token", login.refresh.as_str());
    let form = [REFRESH, token, ("client_id", "signet")];
    Login::of(app.post_form("/token", &form).await).await;
}

#[tokio::test]
async fn a_refresh_for_any_other_client_is_refused_and_consumes_nothing() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    let login = app.ada().await;
    let form = [REFRESH, ("refresh_token", login.refresh.as_str())];
    let refused = app.post_form_as(&client, "/token", &form).await;
    let told = assert_oauth_error(refused, BAD, "invalid_grant").await;
    assert_eq!(told, "the refresh token was issued to another client");
    for more in [
        vec![("client_id", "other")],
        vec![("client_id", "signet"), ("client_secret", "x")],
    ] {
        let refused = app.post_form("/token", &[&form[..], &more].concat()).await;
        assert_oauth_error(refused, StatusCode::UNAUTHORIZED, "invalid_client").await;
    }
    let generations = app
        .database
        .rows("SELECT CAST(generation AS TEXT) FROM sessions");
    assert_eq!(generations.await, [["1"]]);
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_refresh_has_no_scope_to_ask_for() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let token = ("refresh_token", login.refresh.as_str());
    let form = [REFRESH, token, ("scope", "read")];
    let refused = app.post_form("/token", &form).await;
    assert_oauth_error(refused, BAD, "invalid_scope").await;
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_refresh_without_its_token_is_an_invalid_request() {
    let app = TestApp::start().await;
    let refused = app.post_form("/token", &[REFRESH]).await;
    let told = assert_oauth_error(refused, BAD, "invalid_request").await;
    assert_eq!(told, "refresh_token is missing");
}

#[tokio::test]
async fn there_is_no_password_grant_though_the_password_is_right() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let form = [
        ("grant_type", "password"),
        ("username", "ada"),
        ("password", password.as_str()),
    ];
    let refused = app.post_form("/token", &form).await;
    let told = assert_oauth_error(refused, BAD, "unsupported_grant_type").await;
    assert!(
        told.contains("/auth") && told.contains("RFC 9700"),
        "{told}"
    );
}

#[tokio::test]
async fn a_service_clients_token_is_for_its_audience_or_the_servers() {
    let app = TestApp::start().await;
    let audience = ["https://a.example", "https://b.example"];
    let billing = app.service_client("billing", "", &audience).await;
    let orders = app.service_client("orders", "", &[]).await;
    for (client, expected) in [(&billing, json!(audience)), (&orders, json!(app.url("")))] {
        let token = app.client_token(client).await;
        assert_eq!(part(&token, 1)["aud"], expected);
        assert_eq!(app.introspect(client, &token).await["aud"], expected);
    }
}
