use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{app::TestApp, problem::assert_problem};

#[tokio::test]
async fn a_whole_server_is_live_and_ready() {
    let app = TestApp::start().await;
    for (path, status) in [("/health/live", "live"), ("/health/ready", "ready")] {
        let response = app.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.json::<Value>().await.unwrap(),
            json!({ "status": status })
        );
    }
}

async fn assert_missing(app: &TestApp, what: &str) {
    let response = app.get("/health/ready").send().await.unwrap();
    let problem = assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "not_ready").await;
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{problem}");
    assert_eq!(errors[0]["field"], what);
    let live = app.get("/health/live").send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_lost_database_makes_it_unready() {
    let app = TestApp::start().await;
    app.database
        .execute("ALTER TABLE users RENAME TO gone")
        .await;
    assert_missing(&app, "database").await;
}

#[tokio::test]
async fn a_missing_signing_key_makes_it_unready() {
    let app = TestApp::builder().without_signing_keys().start().await;
    assert_missing(&app, "signing_key").await;
}

#[tokio::test]
async fn keys_that_cannot_be_reread_make_it_unready_in_the_end_and_say_why_before() {
    let app = TestApp::start().await;
    app.database
        .execute("ALTER TABLE keys RENAME TO gone")
        .await;
    app.keys.run().await.unwrap_err();
    let response = app.get("/health/ready").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert!(
        body["warnings"][0]
            .as_str()
            .unwrap()
            .contains("unavailable"),
        "{body}"
    );
    app.clock.advance(Duration::from_secs(61));
    assert_missing(&app, "signing_key").await;
}

#[tokio::test]
async fn a_key_set_that_was_not_reread_signs_nothing() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    app.clock.advance(Duration::from_secs(61));
    let refused = app.log_in("ada", &password).await;
    assert_problem(refused, StatusCode::SERVICE_UNAVAILABLE, "no_signing_key").await;
    app.keys.run().await.unwrap();
    assert_eq!(app.log_in("ada", &password).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_server_that_stops_says_so_while_it_still_serves() {
    let app = TestApp::builder()
        .set("SIGNET_DRAIN_DELAY", "1h")
        .start()
        .await;
    app.drain.begin();
    assert_missing(&app, "server").await;
    let live = app.get("/health/live").send().await.unwrap();
    assert_eq!(live.headers()["connection"], "close");
}
