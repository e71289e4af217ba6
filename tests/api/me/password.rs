//! Changing one's password.

use std::sync::Arc;

use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use super::two_logins;
use crate::support::{
    app::TestApp,
    fixtures::cheap_params,
    hasher::{GatedHasher, HashWork, SpyHasher},
    oauth::Login,
    problem::assert_problem,
};

const NEW: &str = "plum tiger kettle";

async fn change(app: &TestApp, token: &str, current: &str, new: &str) -> Response {
    let body = json!({ "current_password": current, "new_password": new });
    app.bearer_json(Method::POST, "/me/password", token, &body)
        .await
}

/// "ada" and a login of hers.
async fn ada(app: &TestApp) -> (String, Login) {
    let password = app.register_ada().await;
    let login = Login::of(app.log_in("ada", &password).await).await;
    (password, login)
}

#[tokio::test]
async fn the_password_changes_and_the_former_one_logs_in_no_more() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    let response = change(&app, &login.access, &password, NEW).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(app.log_in("ada", NEW).await.status(), StatusCode::OK);
    let former = app.log_in("ada", &password).await;
    assert_problem(former, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    let sql = "SELECT action FROM audit_events WHERE action = 'user.change_password'";
    assert_eq!(app.database.rows(sql).await.len(), 1);
}

#[tokio::test]
async fn this_session_goes_on_and_the_others_end() {
    let app = TestApp::start().await;
    let (password, other) = ada(&app).await;
    let this = Login::of(app.log_in("ada", &password).await).await;
    let eve = app.login_of("eve").await;
    change(&app, &this.access, &password, NEW).await;
    app.assert_over(&other).await;
    app.assert_live(&this).await;
    app.assert_live(&eve).await;
}

#[tokio::test]
async fn a_wrong_current_password_is_forbidden_and_logged_and_ends_nothing() {
    let app = TestApp::start().await;
    let [this, other] = two_logins(&app).await;
    let response = change(&app, &this.access, "wrong", NEW).await;
    assert!(!response.headers().contains_key("www-authenticate"));
    assert_problem(response, StatusCode::FORBIDDEN, "wrong_password").await;
    let sql = "SELECT outcome FROM auth_logs ORDER BY id DESC LIMIT 1";
    assert_eq!(app.database.rows(sql).await, [["wrong_password"]]);
    app.assert_live(&this).await;
    app.assert_live(&other).await;
}

#[tokio::test]
async fn failures_throttle_the_account_and_say_for_how_long() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    // A login from here would be one from a known network; so is this.
    for _ in 0..6 {
        let response = change(&app, &login.access, "wrong", NEW).await;
        assert_problem(response, StatusCode::FORBIDDEN, "wrong_password").await;
    }
    let response = change(&app, &login.access, &password, NEW).await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert_problem(response, StatusCode::TOO_MANY_REQUESTS, "account_throttled").await;
    let response = app.log_in("ada", &password).await;
    assert_problem(response, StatusCode::TOO_MANY_REQUESTS, "account_throttled").await;
}

#[tokio::test]
async fn a_weak_new_password_is_refused_with_advice_before_any_hash() {
    let hasher = SpyHasher::new();
    let of_app = hasher.clone();
    let app = TestApp::builder()
        .adapt(move |ports| ports.hasher = of_app)
        .start()
        .await;
    let (password, login) = ada(&app).await;
    hasher.take_work();
    for new in [
        "short",
        "password1234",
        "ada@example.com",
        &"x".repeat(1025),
    ] {
        let response = change(&app, &login.access, &password, new).await;
        let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        assert_eq!(problem["errors"][0]["field"], "new_password", "{problem}");
    }
    assert_eq!(hasher.take_work(), []);
    assert_eq!(app.log_in("ada", &password).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_busy_hasher_is_a_503_that_changes_nothing() {
    let hasher = SpyHasher::new();
    let of_app = hasher.clone();
    let app = TestApp::builder()
        .adapt(move |ports| ports.hasher = of_app)
        .start()
        .await;
    let (password, login) = ada(&app).await;
    for busy in [HashWork::Verify(Some(cheap_params())), HashWork::Hash] {
        hasher.be_busy_for(busy);
        let response = change(&app, &login.access, &password, NEW).await;
        assert_eq!(response.headers()["retry-after"], "3");
        assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "busy").await;
    }
    hasher.be_free();
    assert_eq!(app.log_in("ada", &password).await.status(), StatusCode::OK);
}

/// A server on which "ada" is logged in, and whose verifications wait for the
/// test from now on.
pub(in crate::api) async fn gated() -> (Arc<TestApp>, Arc<GatedHasher>, String, Login) {
    let hasher = GatedHasher::new();
    let of_app = hasher.clone();
    let app = TestApp::builder()
        .adapt(move |ports| ports.hasher = of_app)
        .start()
        .await;
    hasher.open();
    let (password, login) = ada(&app).await;
    hasher.entered().await;
    (Arc::new(app), hasher, password, login)
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_refused() {
    let (app, hasher, password, login) = gated().await;
    let mut tasks = tokio::task::JoinSet::new();
    for new in [NEW, "kX9$mQ2!vB7#zW"] {
        let (app, password, token) = (app.clone(), password.clone(), login.access.clone());
        tasks.spawn(async move {
            let response = change(&app, &token, &password, new).await;
            (new, response)
        });
    }
    for _ in 0..2 {
        hasher.entered().await;
    }
    hasher.open();
    hasher.open();
    let mut changed = Vec::new();
    for (new, response) in tasks.join_all().await {
        if response.status() == StatusCode::NO_CONTENT {
            changed.push(new);
        } else {
            assert_problem(response, StatusCode::CONFLICT, "password_changed").await;
        }
    }
    assert_eq!(changed.len(), 1);
    hasher.open();
    assert_eq!(app.log_in("ada", changed[0]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_account_that_is_deleted_meanwhile_is_gone() {
    let (app, hasher, password, login) = gated().await;
    let task = tokio::spawn({
        let (app, token) = (app.clone(), login.access.clone());
        async move { change(&app, &token, &password, NEW).await }
    });
    hasher.entered().await;
    app.database.execute("DELETE FROM users").await;
    hasher.open();
    let response = task.await.unwrap();
    assert_problem(response, StatusCode::UNAUTHORIZED, "invalid_token").await;
}

#[tokio::test]
async fn a_change_goes_on_when_its_client_leaves() {
    let (app, hasher, password, login) = gated().await;
    let task = tokio::spawn({
        let (app, token) = (app.clone(), login.access.clone());
        async move { change(&app, &token, &password, NEW).await }
    });
    hasher.entered().await;
    task.abort();
    assert!(task.await.is_err());
    hasher.open();
    // The change is in the queue before the login.
    let changed = async || {
        let sql = "SELECT action FROM audit_events WHERE action = 'user.change_password'";
        app.database.rows(sql).await.len() == 1
    };
    while !changed().await {
        tokio::task::yield_now().await;
    }
    hasher.open();
    assert_eq!(app.log_in("ada", NEW).await.status(), StatusCode::OK);
}
