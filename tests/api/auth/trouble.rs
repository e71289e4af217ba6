//! Logins that fail for the server's reasons, or whose client leaves.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    app::TestApp,
    fixtures::cheap_params,
    hasher::{GatedHasher, HashWork, SpyHasher},
    problem::assert_problem,
};

#[tokio::test]
async fn a_full_hashing_queue_is_a_503_that_says_when_to_come_back() {
    let hasher = SpyHasher::new();
    hasher.be_busy_for(HashWork::Verify(Some(cheap_params())));
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

/// Whichever of a login's writes fails, none of them stays.
#[tokio::test]
async fn a_login_leaves_all_of_its_row_its_session_and_its_last_login_or_none() {
    for write in [
        "INSERT ON auth_logs",
        "INSERT ON sessions",
        "UPDATE ON users",
        "INSERT ON known_networks",
    ] {
        let app = TestApp::start().await;
        let password = app.register_ada().await;
        let failing = format!(
            "CREATE TRIGGER failing BEFORE {write} BEGIN SELECT RAISE(ABORT, 'failing'); END"
        );
        app.database.execute(&failing).await;
        let response = app.log_in("ada", &password).await;
        assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
        let left = "SELECT (SELECT COUNT(*) FROM auth_logs), (SELECT COUNT(*) FROM sessions), \
                    (SELECT COUNT(*) FROM known_networks), last_login FROM users";
        let left = app.database.rows(left).await;
        assert_eq!(left, [["0", "0", "0", "NULL"]], "{write}");
        app.database.execute("DROP TRIGGER failing").await;
        let response = app.log_in("ada", &password).await;
        assert_eq!(response.status(), StatusCode::OK, "{write}");
    }
}
