use std::{collections::BTreeSet, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use signet::ports::Clock;
use uuid::Uuid;

use crate::support::{
    app::TestApp,
    fixtures::cheap_params,
    hasher::{GatedHasher, HashWork, SpyHasher},
    oauth::Login,
    problem::assert_problem,
    verifier::{part, verify},
};

async fn access_token(app: &TestApp) -> String {
    let password = app.register_ada().await;
    let body: Value = app.log_in("ada", &password).await.json().await.unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

async fn jwks(app: &TestApp) -> Value {
    let response = app.get("/.well-known/jwks.json").send().await.unwrap();
    response.json().await.unwrap()
}

#[tokio::test]
async fn the_right_password_is_answered_with_a_bearer_token_that_no_cache_keeps() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let response = app.log_in("ada", &password).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
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

#[tokio::test]
async fn the_refresh_token_is_stored_nowhere() {
    let app = TestApp::start().await;
    let Login { refresh, .. } = app.ada().await;
    let secret = refresh.strip_prefix("signet_rt_").unwrap();
    for file in std::fs::read_dir(app.database.dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes.windows(16).any(|w| secret.as_bytes().starts_with(w));
        assert!(!found);
    }
}

#[tokio::test]
async fn a_server_that_is_told_another_algorithm_signs_with_it() {
    for algorithm in ["PS256", "ES256", "EdDSA"] {
        let app = TestApp::builder()
            .set("SIGNET_SIGNING_ALGORITHM", algorithm)
            .start()
            .await;
        let token = access_token(&app).await;
        let jwks = jwks(&app).await;
        assert_eq!(jwks["keys"][0]["alg"], algorithm);
        let verified = verify(&token, &jwks, app.clock.now()).unwrap();
        assert_eq!(verified.header["alg"], algorithm);
    }
}

#[tokio::test]
async fn the_token_verifies_through_the_key_set() {
    let app = TestApp::start().await;
    let token = access_token(&app).await;
    let verified = verify(&token, &jwks(&app).await, app.clock.now()).unwrap();
    assert_eq!(verified.header["typ"], "at+jwt");
    assert_eq!(verified.header["alg"], "RS256");
    let issuer = format!("http://{}", app.address);
    let now = app.clock.now().timestamp();
    let claims = &verified.claims;
    assert_eq!(claims["iss"], issuer.as_str());
    assert_eq!(claims["aud"], issuer.as_str());
    assert_eq!(claims["client_id"], "signet");
    assert_eq!(claims["preferred_username"], "ada");
    assert_eq!(claims["iat"], now);
    assert_eq!(claims["auth_time"], now);
    assert_eq!(claims["exp"], now + 900);
    let ids = app.database.rows("SELECT id FROM users").await;
    assert_eq!(claims["sub"], ids[0][0].as_str());
    assert!(claims["jti"].as_str().unwrap().parse::<Uuid>().is_ok());
    assert!(claims["sid"].as_str().unwrap().parse::<Uuid>().is_ok());
    assert_eq!(claims.as_object().unwrap().len(), 10);
}

#[tokio::test]
async fn an_expired_or_altered_token_does_not_verify() {
    let app = TestApp::start().await;
    let token = access_token(&app).await;
    let keys = jwks(&app).await;
    let later = app.clock.now() + Duration::from_secs(901);
    assert!(verify(&token, &keys, later).is_none());
    let mut claims = part(&token, 1);
    claims["sub"] = json!("00000000-0000-4000-8000-000000000000");
    let parts: Vec<_> = token.split('.').collect();
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    let altered = [parts[0], &claims, parts[2]].join(".");
    assert!(verify(&altered, &keys, app.clock.now()).is_none());
}

#[tokio::test]
async fn two_logins_get_tokens_of_different_ids() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let mut ids = BTreeSet::new();
    for _ in 0..3 {
        let body: Value = app.log_in("ada", &password).await.json().await.unwrap();
        let claims = part(body["access_token"].as_str().unwrap(), 1);
        ids.insert(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn issuer_audience_client_and_lifetime_are_configuration() {
    let app = TestApp::builder()
        .set("SIGNET_ISSUER", "https://auth.example")
        .set("SIGNET_AUDIENCE", "https://a.example, https://b.example")
        .set("SIGNET_CLIENT_ID", "web")
        .set("SIGNET_ACCESS_TOKEN_TTL", "1h")
        .start()
        .await;
    let claims = part(&access_token(&app).await, 1);
    assert_eq!(claims["iss"], "https://auth.example");
    assert_eq!(
        claims["aud"],
        json!(["https://a.example", "https://b.example"])
    );
    assert_eq!(claims["client_id"], "web");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
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
    assert_eq!(unknown.0, StatusCode::UNAUTHORIZED);
    assert_eq!(unknown.2["code"], "invalid_credentials");
    assert_eq!(unknown, impossible);
    assert_eq!(unknown, wrong);
    assert_eq!(unknown, disabled);
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

#[tokio::test]
async fn a_full_hashing_queue_is_a_503_that_says_when_to_come_back() {
    let hasher = SpyHasher::new();
    hasher.be_busy_for(HashWork::Verify(cheap_params()));
    let app = TestApp::builder()
        .adapt(move |ports| ports.hasher = hasher)
        .start()
        .await;
    let response = app.log_in("ada", "whatever").await;
    assert_eq!(response.headers()["retry-after"], "3");
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "busy").await;
}

#[tokio::test]
async fn without_a_signing_key_logins_are_a_503() {
    let app = TestApp::builder().without_signing_keys().start().await;
    let response = app.log_in("ada", "whatever").await;
    assert!(response.headers().contains_key("retry-after"));
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "no_signing_key").await;
}

#[tokio::test]
async fn a_login_that_cannot_be_recorded_is_a_503_without_token_or_session() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    app.database
        .execute("ALTER TABLE auth_logs RENAME TO gone")
        .await;
    let response = app.log_in("ada", &password).await;
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    let sessions = app.database.rows("SELECT id FROM sessions").await;
    assert!(sessions.is_empty());
}

#[tokio::test]
async fn a_corrupt_row_is_a_500_that_tells_nothing_about_it() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    app.database
        .execute("UPDATE users SET password_hash = 'plain'")
        .await;
    let response = app.log_in("ada", &password).await;
    let problem = assert_problem(
        response,
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal_error",
    )
    .await;
    assert_eq!(problem.get("detail"), None);
}

#[tokio::test]
async fn an_attempt_whose_client_leaves_is_recorded_all_the_same() {
    let hasher = GatedHasher::new();
    let gate = hasher.clone();
    let app = TestApp::builder()
        .adapt(move |ports| ports.hasher = hasher)
        .start()
        .await;
    let attempt = app.client.post(app.url("/auth"));
    let attempt = attempt.json(&json!({ "username": "nobody", "password": "wrong" }));
    let client = tokio::spawn(attempt.send());
    gate.entered().await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    // The server answers others while it holds that request.
    let live = app.get("/health/live").send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
    gate.open();
    let rows = "SELECT outcome FROM auth_logs";
    while app.database.rows(rows).await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.database.rows(rows).await, [["unknown_user"]]);
}
