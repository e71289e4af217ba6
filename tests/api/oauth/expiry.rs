use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{
    app::TestApp,
    oauth::Login,
    problem::{assert_invalid_token, assert_oauth_error},
};

const HOUR: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);

/// Sessions end after an hour of rest, and after three in any case.
async fn start() -> TestApp {
    TestApp::builder()
        .set("SIGNET_SESSION_IDLE_TTL", "1h")
        .set("SIGNET_SESSION_MAX_TTL", "3h")
        .start()
        .await
}

async fn assert_expired(app: &TestApp, login: &Login) {
    let refused = app.refresh(&login.refresh).await;
    let told = assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
    assert_eq!(told, "the refresh token is not valid any more");
    let failures = "SELECT outcome FROM auth_logs WHERE outcome <> 'success'";
    assert!(app.database.rows(failures).await.is_empty());
}

#[tokio::test]
async fn a_session_that_is_not_refreshed_ends_to_the_second() {
    let app = start().await;
    let login = app.ada().await;
    app.pass(Duration::from_secs(3599)).await;
    let login = app.refreshed(&login.refresh).await;
    app.pass(HOUR).await;
    assert_expired(&app, &login).await;
}

#[tokio::test]
async fn a_session_ends_however_often_it_is_refreshed_and_says_when() {
    let app = start().await;
    let mut login = app.ada().await;
    for expected in [3600, 3600, 3600, 1800] {
        app.pass(HOUR / 2 + HOUR / 8).await;
        let response = app.refresh(&login.refresh).await;
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["refresh_expires_in"], expected);
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        login = Login {
            access: text("access_token"),
            refresh: text("refresh_token"),
        };
    }
    app.pass(Duration::from_secs(1799)).await;
    let login = app.refreshed(&login.refresh).await;
    app.pass(SECOND).await;
    assert_expired(&app, &login).await;
    assert_invalid_token(app.me(&login.access).await, "the token has expired").await;
}
