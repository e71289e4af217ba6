//! Access tokens that come back to this server itself (RFC 6750).

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    app::TestApp,
    draft::Draft,
    forgery::forgeries,
    oauth::sid,
    operations::Operation,
    problem::{SESSION_OVER, assert_invalid_token, assert_problem, challenge},
    verifier::part,
};

/// Every operation that wants a user's access token, with a body that it takes.
/// Those of admins have tests of their own.
async fn operations(app: &TestApp) -> Vec<(Method, String, Value)> {
    let mut all = app.operations().await;
    all.retain(|operation| !operation.is_for_admins());
    assert!(all.len() >= 9, "{}", all.len());
    let parts = |operation: Operation| (operation.method, operation.path, operation.body);
    all.into_iter().map(parts).collect()
}

#[tokio::test]
async fn the_scheme_may_be_in_any_case() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    let request = app.get("/me");
    let request = request.header("authorization", format!("bearer {token}"));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn without_a_token_the_challenge_calls_nothing_wrong() {
    let app = TestApp::start().await;
    let basic = "Basic YTpi";
    for authorization in [None, Some(""), Some("Bearer"), Some(basic)] {
        for (method, path, body) in operations(&app).await {
            let mut request = app.client.request(method, app.url(&path)).json(&body);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let response = request.send().await.unwrap();
            assert_eq!(challenge(&response), "Bearer realm=\"signet\"");
            assert_problem(response, StatusCode::UNAUTHORIZED, "unauthorized").await;
        }
    }
}

#[tokio::test]
async fn every_forged_or_spoiled_token_is_refused_for_its_own_reason() {
    let app = TestApp::start().await;
    let good = app.ada().await.access;
    for forgery in forgeries(&good) {
        println!("{}", forgery.name);
        assert_invalid_token(app.me(&forgery.token).await, forgery.reason).await;
    }
    assert_eq!(app.me(&good).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_token_expires_to_the_second() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    app.pass(Duration::from_secs(899)).await;
    assert_eq!(app.me(&token).await.status(), StatusCode::OK);
    app.pass(Duration::from_secs(1)).await;
    for (method, path, body) in operations(&app).await {
        let response = app.bearer_json(method, &path, &token, &body).await;
        assert_invalid_token(response, "the token has expired").await;
    }
}

#[tokio::test]
async fn a_token_for_others_alone_is_refused() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    let for_others = Draft::of(&token).claim("aud", json!(["https://api.example"]));
    let response = app.me(&for_others.signed()).await;
    assert_invalid_token(response, "the token is for another audience").await;
}

#[tokio::test]
async fn a_session_does_not_serve_another_user() {
    let app = TestApp::start().await;
    let ada = app.ada().await.access;
    let eve = app.login_of("eve").await.access;
    let mixed = Draft::of(&ada).claim("sid", json!(sid(&eve)));
    assert_invalid_token(app.me(&mixed.signed()).await, SESSION_OVER).await;
}

#[tokio::test]
async fn a_refresh_token_is_no_access_token() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let response = app.me(&login.refresh).await;
    assert_invalid_token(response, "the token is not a signed JWT").await;
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_token_of_a_megabyte_does_not_trouble_the_server() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let request = app.get("/me").bearer_auth("x".repeat(1 << 20));
    // The connection may be gone before the whole header is sent.
    if let Ok(response) = request.send().await {
        assert!(response.status().is_client_error());
    }
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_disabled_or_deleted_user_is_refused_at_once() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    app.set_status("disabled").await;
    for (method, path, body) in operations(&app).await {
        let response = app.bearer_json(method, &path, &token, &body).await;
        assert_invalid_token(response, SESSION_OVER).await;
    }
    app.database.execute("DELETE FROM users").await;
    assert_invalid_token(app.me(&token).await, SESSION_OVER).await;
}

#[tokio::test]
async fn a_token_of_a_revoked_key_is_refused() {
    let app = TestApp::builder().with_fresh_keys().start().await;
    let token = app.ada().await.access;
    let kid = part(&token, 0)["kid"].as_str().unwrap().to_owned();
    app.revoke_key(&kid).await;
    let reason = "the token's signing key is not one of the key set";
    assert_invalid_token(app.me(&token).await, reason).await;
}

#[tokio::test]
async fn a_service_clients_token_is_forbidden_everywhere() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    let token = app.client_token(&client).await;
    for (method, path, body) in operations(&app).await {
        let response = app.bearer_json(method, &path, &token, &body).await;
        let expected = "Bearer realm=\"signet\", error=\"insufficient_scope\"";
        assert_eq!(challenge(&response), expected, "{path}");
        assert_problem(response, StatusCode::FORBIDDEN, "not_a_user").await;
    }
}

#[tokio::test]
async fn a_revoked_session_is_refused_at_once_everywhere() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    assert_eq!(app.revoke(&login.refresh).await.status(), StatusCode::OK);
    for (method, path, body) in operations(&app).await {
        let response = app.bearer_json(method, &path, &login.access, &body).await;
        assert_invalid_token(response, SESSION_OVER).await;
    }
}

#[tokio::test]
async fn without_storage_it_is_a_503() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    let away = "ALTER TABLE sessions RENAME TO gone";
    app.database.execute(away).await;
    for (method, path, body) in operations(&app).await {
        let response = app.bearer_json(method, &path, &token, &body).await;
        assert!(response.headers().contains_key("retry-after"));
        assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    }
}

/// Whoever is refused learns nothing about what an operation takes.
#[tokio::test]
async fn nothing_of_a_request_is_read_before_its_token() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    app.revoke(&login.refresh).await;
    for operation in app.operations().await {
        let path = operation.path_with_junk();
        let send = |token: Option<&str>| {
            let mut request = app.client.request(operation.method.clone(), app.url(&path));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            request.body("junk").send()
        };
        let response = send(None).await.unwrap();
        assert_problem(response, StatusCode::UNAUTHORIZED, "unauthorized").await;
        let response = send(Some(&login.access)).await.unwrap();
        assert_invalid_token(response, SESSION_OVER).await;
    }
}
