//! Closing one's account.

use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::support::{
    app::TestApp,
    oauth::Login,
    problem::{SESSION_OVER, assert_invalid_token, assert_problem},
};

async fn close(app: &TestApp, token: &str, password: &str) -> Response {
    let body = json!({ "password": password });
    app.bearer_json(Method::DELETE, "/me", token, &body).await
}

/// "ada" and a login of hers.
async fn ada(app: &TestApp) -> (String, Login) {
    let password = app.register_ada().await;
    let login = Login::of(app.log_in("ada", &password).await).await;
    (password, login)
}

#[tokio::test]
async fn the_account_goes_with_its_sessions_and_its_name_is_free() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    let other = Login::of(app.log_in("ada", &password).await).await;
    let eve = app.login_of("eve").await;
    let response = close(&app, &login.access, &password).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    app.assert_over(&login).await;
    app.assert_over(&other).await;
    app.assert_live(&eve).await;
    let response = app.log_in("ada", &password).await;
    assert_problem(response, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    app.register("ada").await;
}

#[tokio::test]
async fn what_the_logs_say_of_it_stays() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    close(&app, &login.access, &password).await;
    let outcomes = app.database.rows("SELECT outcome FROM auth_logs").await;
    assert_eq!(outcomes, [["success"]]);
    let sql = "SELECT action FROM audit_events ORDER BY id";
    let actions = app.database.rows(sql).await;
    assert_eq!(actions, [["user.register"], ["user.delete"]]);
}

#[tokio::test]
async fn a_wrong_password_closes_nothing() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    let response = close(&app, &login.access, "wrong").await;
    assert_problem(response, StatusCode::FORBIDDEN, "wrong_password").await;
    let response = close(&app, &login.access, "").await;
    let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
    assert_eq!(problem["errors"][0]["field"], "password");
    app.assert_live(&login).await;
    assert_eq!(app.log_in("ada", &password).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn failures_throttle_the_account() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    for _ in 0..6 {
        close(&app, &login.access, "wrong").await;
    }
    let response = close(&app, &login.access, &password).await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert_problem(response, StatusCode::TOO_MANY_REQUESTS, "account_throttled").await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    let sql = "UPDATE users SET roles = 'admin'";
    app.database.execute(sql).await;
    let response = close(&app, &login.access, &password).await;
    assert_problem(response, StatusCode::CONFLICT, "last_admin").await;
    app.assert_live(&login).await;
}

#[tokio::test]
async fn another_users_password_closes_nothing() {
    let app = TestApp::start().await;
    let (password, _) = ada(&app).await;
    let eve = app.login_of("eve").await;
    let response = close(&app, &eve.access, &password).await;
    assert_problem(response, StatusCode::FORBIDDEN, "wrong_password").await;
}

#[tokio::test]
async fn a_closed_account_cannot_be_closed_again() {
    let app = TestApp::start().await;
    let (password, login) = ada(&app).await;
    close(&app, &login.access, &password).await;
    let again = close(&app, &login.access, &password).await;
    assert_invalid_token(again, SESSION_OVER).await;
}
