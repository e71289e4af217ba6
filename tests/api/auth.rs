mod throttle;
mod tokens;
mod trouble;

use std::collections::BTreeSet;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{app::TestApp, oauth::Login, problem::assert_problem, verifier::part};

async fn access_token(app: &TestApp) -> String {
    let password = app.register_ada().await;
    let body: Value = app.log_in("ada", &password).await.json().await.unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_right_password_is_answered_with_a_bearer_token_that_no_cache_keeps() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let response = app.log_in("ada", &password).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["pragma"], "no-cache");
    let body: Value = response.json().await.unwrap();
    let fields: BTreeSet<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        fields,
        [
            "access_token",
            "expires_in",
            "message",
            "refresh_expires_in",
            "refresh_token",
            "token_type"
        ]
        .into()
    );
    assert_eq!(body["message"], "Authentication successful.");
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body["refresh_expires_in"], 30 * 24 * 3600);
}

#[tokio::test]
async fn a_login_begins_the_session_that_its_token_names() {
    let app = TestApp::start().await;
    let token = access_token(&app).await;
    let claims = part(&token, 1);
    let sessions = "SELECT id, user_id, created_at, expires_at, ends_at FROM sessions";
    let expected = [
        claims["sid"].as_str().unwrap(),
        claims["sub"].as_str().unwrap(),
        "2026-01-01T00:00:00+00:00",
        "2026-01-31T00:00:00+00:00",
        "2026-06-30T00:00:00+00:00",
    ];
    assert_eq!(app.database.rows(sessions).await, [expected]);
}

/// Its authenticator: the rest of it only names the session.
#[tokio::test]
async fn what_makes_a_refresh_token_good_is_stored_nowhere() {
    let app = TestApp::start().await;
    let Login { refresh, .. } = app.ada().await;
    let secret = refresh.strip_prefix("signet_rt_").unwrap();
    let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).unwrap();
    let authenticator = &secret[secret.len() - 32..];
    let session = hex::encode(&secret[4..20]);
    let forms = [
        authenticator.to_vec(),
        hex::encode(authenticator).into_bytes(),
        BASE64_URL_SAFE_NO_PAD.encode(authenticator).into_bytes(),
        BASE64_STANDARD_NO_PAD.encode(authenticator).into_bytes(),
    ];
    let mut names_the_session = false;
    for file in std::fs::read_dir(app.database.dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for form in &forms {
            assert!(!bytes.windows(16).any(|window| form.starts_with(window)));
        }
        let plain: Vec<u8> = bytes.into_iter().filter(|byte| *byte != b'-').collect();
        names_the_session |= plain.windows(32).any(|window| window == session.as_bytes());
    }
    // So what was searched is where it would stand.
    assert!(names_the_session);
}

/// An answer without what differs from request to request.
async fn shape(response: Response) -> (StatusCode, BTreeSet<String>, Value) {
    let names = response.headers().keys().map(ToString::to_string).collect();
    let status = response.status();
    let mut body: Value = response.json().await.unwrap();
    body.as_object_mut().unwrap().remove("request_id");
    (status, names, body)
}

#[tokio::test]
async fn unknown_users_wrong_passwords_and_disabled_accounts_get_one_answer() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let unknown = shape(app.log_in("nobody", &password).await).await;
    let impossible = shape(app.log_in("!", &password).await).await;
    let wrong = shape(app.log_in("ada", "wrong").await).await;
    app.database
        .execute("UPDATE users SET status = 'disabled'")
        .await;
    let disabled = shape(app.log_in("ada", &password).await).await;
    let disabled_wrong = shape(app.log_in("ada", "wrong").await).await;
    assert_eq!(unknown.0, StatusCode::UNAUTHORIZED);
    assert_eq!(unknown.2["code"], "invalid_credentials");
    assert_eq!(unknown, impossible);
    assert_eq!(unknown, wrong);
    assert_eq!(unknown, disabled);
    assert_eq!(unknown, disabled_wrong);
}

#[tokio::test]
async fn a_refusal_carries_a_challenge() {
    let app = TestApp::start().await;
    let response = app.log_in("nobody", "wrong").await;
    assert!(response.headers().contains_key("www-authenticate"));
    assert_problem(response, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
}

#[tokio::test]
async fn every_attempt_is_one_row_that_is_there_before_the_answer() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let attempt = |username: &'static str, password: &str, id: &'static str| {
        let body = json!({ "username": username, "password": password });
        let request = app.client.post(app.url("/auth")).json(&body);
        request
            .header("user-agent", "x".repeat(300))
            .header("x-request-id", id)
            .send()
    };
    let token: Value = attempt("ada", &password, "r1")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    attempt("ada", "wrong", "r2").await.unwrap();
    attempt("nobody", "wrong", "r3").await.unwrap();
    app.database
        .execute("UPDATE users SET status = 'disabled'")
        .await;
    attempt("ada", &password, "r4").await.unwrap();
    let token = token["access_token"].as_str().unwrap();
    let (header, claims) = (part(token, 0), part(token, 1));
    let (kid, jti) = (
        header["kid"].as_str().unwrap(),
        claims["jti"].as_str().unwrap(),
    );
    let (sub, sid) = (
        claims["sub"].as_str().unwrap(),
        claims["sid"].as_str().unwrap(),
    );
    let agent = "x".repeat(256);
    let rows = app
        .database
        .rows(
            "SELECT request_timestamp, request_ip, user_id, outcome, user_agent, request_id, \
             kid, jti, session_id, client_id FROM auth_logs ORDER BY id",
        )
        .await;
    let at = "2026-01-01T00:00:00+00:00";
    let row = |user, outcome, id, [kid, jti, sid]: [_; 3]| {
        let null = "NULL";
        vec![
            at,
            "127.0.0.1",
            user,
            outcome,
            &agent,
            id,
            kid,
            jti,
            sid,
            null,
        ]
    };
    let no_token = ["NULL"; 3];
    assert_eq!(
        rows,
        [
            row(sub, "success", "r1", [kid, jti, sid]),
            row(sub, "wrong_password", "r2", no_token),
            row("NULL", "unknown_user", "r3", no_token),
            row(sub, "disabled", "r4", no_token),
        ]
    );
}

#[tokio::test]
async fn a_login_sets_last_login() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let last_login = "SELECT last_login FROM users";
    assert_eq!(app.database.rows(last_login).await, [["NULL"]]);
    app.log_in("ada", &password).await;
    assert_eq!(
        app.database.rows(last_login).await,
        [["2026-01-01T00:00:00+00:00"]]
    );
}

#[tokio::test]
async fn a_password_of_1024_bytes_is_judged_and_one_of_1025_refused() {
    let app = TestApp::start().await;
    let judged = app.log_in("ada", &"x".repeat(1024)).await;
    assert_problem(judged, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    let refused = app.log_in("ada", &"x".repeat(1025)).await;
    let problem = assert_problem(refused, StatusCode::BAD_REQUEST, "invalid_request").await;
    assert_eq!(problem["errors"][0]["field"], "password");
}

#[tokio::test]
async fn a_password_that_is_no_string_is_refused() {
    let app = TestApp::start().await;
    let response = app
        .post("/auth", &json!({ "username": "ada", "password": 1234 }))
        .await;
    let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
    assert_eq!(problem["errors"][0]["field"], "password");
}
