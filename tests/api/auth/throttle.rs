//! Guessing at one account name.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::support::{
    app::TestApp,
    hasher::{GatedHasher, SpyHasher},
    problem::assert_problem,
};

/// A server that takes whatever proxies say, so that tests have addresses.
async fn start() -> TestApp {
    TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "off")
        .set("SIGNET_TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await
}

async fn log_in_from(app: &TestApp, address: &str, name: &str, password: &str) -> Response {
    let body = json!({ "username": name, "password": password });
    let request = app.client.post(app.url("/auth")).json(&body);
    let request = request.header("x-forwarded-for", address);
    request.send().await.unwrap()
}

async fn status(app: &TestApp, address: &str, name: &str, password: &str) -> StatusCode {
    log_in_from(app, address, name, password).await.status()
}

async fn fail_six_times(app: &TestApp, address: &str, name: &str) {
    for _ in 0..6 {
        let status = status(app, address, name, "wrong").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_seventh_guess_must_wait_whether_the_account_exists_or_not() {
    let app = start().await;
    app.register_ada().await;
    for name in ["ada", "nobody"] {
        fail_six_times(&app, "192.0.2.1", name).await;
        // From wherever it comes, and however the name is written.
        let response = log_in_from(&app, "192.0.2.2", &name.to_uppercase(), "wrong").await;
        assert_eq!(response.headers()["retry-after"], "1");
        let expected = StatusCode::TOO_MANY_REQUESTS;
        assert_problem(response, expected, "account_throttled").await;
    }
    app.clock.advance(Duration::from_secs(1));
    for name in ["ada", "nobody"] {
        let status = status(&app, "192.0.2.1", name, "wrong").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_right_password_must_wait_too() {
    let app = start().await;
    let password = app.register_ada().await;
    fail_six_times(&app, "192.0.2.1", "ada").await;
    let early = status(&app, "192.0.2.1", "ada", &password).await;
    assert_eq!(early, StatusCode::TOO_MANY_REQUESTS);
    app.clock.advance(Duration::from_secs(1));
    let late = status(&app, "192.0.2.1", "ada", &password).await;
    assert_eq!(late, StatusCode::OK);
}

#[tokio::test]
async fn a_throttled_attempt_spends_no_hash_and_leaves_a_row() {
    let hasher = SpyHasher::new();
    let spy = hasher.clone();
    let app = TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "off")
        .adapt(move |ports| ports.hasher = hasher)
        .start()
        .await;
    app.register_ada().await;
    for name in ["ada", "nobody"] {
        for _ in 0..6 {
            app.log_in(name, "wrong").await;
        }
    }
    spy.take_work();
    for name in ["ada", "nobody"] {
        app.log_in(name, "wrong").await;
    }
    assert_eq!(spy.take_work(), []);
    let rows = "SELECT (SELECT username FROM users WHERE id = user_id) FROM auth_logs \
                WHERE outcome = 'throttled'";
    let mut names = app.database.rows(rows).await;
    names.sort();
    assert_eq!(names, [["NULL"], ["ada"]]);
}

#[tokio::test]
async fn strangers_cannot_lock_out_an_owner_at_a_known_address() {
    let app = start().await;
    let password = app.register_ada().await;
    let home = "2001:db8::1";
    assert_eq!(status(&app, home, "ada", &password).await, StatusCode::OK);
    fail_six_times(&app, "192.0.2.1", "ada").await;
    let stranger = status(&app, "192.0.2.1", "ada", "wrong").await;
    assert_eq!(stranger, StatusCode::TOO_MANY_REQUESTS);
    // The same subscriber, at another of its addresses.
    let owner = status(&app, "2001:db8::2", "ada", &password).await;
    assert_eq!(owner, StatusCode::OK);
    let stranger = status(&app, "192.0.2.1", "ada", "wrong").await;
    assert_eq!(stranger, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_known_address_gives_no_unlimited_guessing() {
    let app = start().await;
    let password = app.register_ada().await;
    let office = "192.0.2.1";
    assert_eq!(status(&app, office, "ada", &password).await, StatusCode::OK);
    fail_six_times(&app, office, "ada").await;
    let colleague = status(&app, office, "ada", "wrong").await;
    assert_eq!(colleague, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn guesses_at_once_gain_nothing() {
    let hasher = GatedHasher::new();
    let gate = hasher.clone();
    let app = TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "off")
        .adapt(move |ports| ports.hasher = hasher)
        .start()
        .await;
    let app = std::sync::Arc::new(app);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let app = app.clone();
        guesses.spawn(async move { app.log_in("nobody", "wrong").await.status() });
    }
    // Whoever must wait is told so while the others are being checked.
    for _ in 0..14 {
        let status = guesses.join_next().await.unwrap().unwrap();
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    }
    for _ in 0..6 {
        gate.open();
        let status = guesses.join_next().await.unwrap().unwrap();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_throttle_can_be_switched_off() {
    let app = TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "off")
        .set("SIGNET_ACCOUNT_THROTTLE", "off")
        .start()
        .await;
    for _ in 0..20 {
        let status = app.log_in("nobody", "wrong").await.status();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}
