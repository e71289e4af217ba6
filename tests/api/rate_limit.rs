use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::support::{app::TestApp, problem::assert_problem};

fn headers(response: &Response) -> [String; 2] {
    ["ratelimit", "ratelimit-policy"]
        .map(|name| response.headers()[name].to_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_eleventh_login_within_a_second_is_refused_and_one_after_it_admitted() {
    let app = TestApp::builder()
        .set("SIGNET_ACCOUNT_THROTTLE", "off")
        .start()
        .await;
    for count in 0..10 {
        let response = app.log_in("nobody", "wrong").await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{count}");
        app.clock.advance(Duration::from_millis(100));
    }
    let refused = app.log_in("nobody", "wrong").await;
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_problem(refused, StatusCode::TOO_MANY_REQUESTS, "rate_limited").await;
    app.clock.advance(Duration::from_millis(1));
    let admitted = app.log_in("nobody", "wrong").await;
    assert_eq!(admitted.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn answers_tell_what_is_left() {
    let app = TestApp::start().await;
    let first = app.log_in("nobody", "wrong").await;
    let policy = "\"auth\";q=10;w=1".to_owned();
    assert_eq!(
        headers(&first),
        ["\"auth\";r=9;t=1".to_owned(), policy.clone()]
    );
    for _ in 0..9 {
        app.log_in("nobody", "wrong").await;
    }
    let refused = app.log_in("nobody", "wrong").await;
    assert_eq!(headers(&refused), ["\"auth\";r=0;t=1".to_owned(), policy]);
}

#[tokio::test]
async fn the_sixth_registration_within_a_second_is_refused() {
    let app = TestApp::start().await;
    let statuses = async |app: &TestApp| {
        let mut statuses = Vec::new();
        for _ in 0..6 {
            statuses.push(app.post("/register", &json!({})).await.status());
        }
        statuses
    };
    let mut expected = [StatusCode::BAD_REQUEST; 6];
    expected[5] = StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(statuses(&app).await, expected);
}

#[tokio::test]
async fn refused_requests_leave_no_row() {
    let app = TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "1/1s")
        .start()
        .await;
    for _ in 0..5 {
        app.log_in("nobody", "wrong").await;
    }
    assert_eq!(app.database.rows("SELECT id FROM auth_logs").await.len(), 1);
}

#[tokio::test]
async fn a_limit_that_is_off_refuses_nobody_and_tells_nothing() {
    let app = TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "off")
        .set("SIGNET_ACCOUNT_THROTTLE", "off")
        .start()
        .await;
    for _ in 0..30 {
        let response = app.log_in("nobody", "wrong").await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(!response.headers().contains_key("ratelimit"));
    }
}

#[tokio::test]
async fn setting_the_wall_clock_does_not_reset_the_limit() {
    let app = TestApp::builder()
        .set("SIGNET_AUTH_RATE_LIMIT", "1/1s")
        .start()
        .await;
    app.log_in("nobody", "wrong").await;
    app.clock.set_wall("2030-01-01T00:00:00Z".parse().unwrap());
    let response = app.log_in("nobody", "wrong").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn other_routes_are_not_limited() {
    let app = TestApp::start().await;
    for _ in 0..50 {
        let response = app.get("/.well-known/jwks.json").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
}
