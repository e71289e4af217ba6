//! The clock under a server jumps, as it does when someone sets it.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use signet::ports::Clock;

use crate::support::{
    app::TestApp, fresh_keys::FreshKeys, oauth::Login, problem::assert_invalid_token,
};

const DAY: Duration = Duration::from_hours(24);

/// Logs in, and uses what came back.
async fn assert_logs_in(app: &TestApp, password: &str) -> Login {
    let login = Login::of(app.log_in("ada", password).await).await;
    let me = app.bearer(Method::GET, "/me", &login.access).await;
    assert_eq!(me.status(), StatusCode::OK);
    login
}

async fn warnings(app: &TestApp) -> Value {
    let ready = app.get("/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK);
    let body: Value = ready.json().await.unwrap();
    body["warnings"].clone()
}

#[tokio::test]
async fn users_log_in_before_during_and_after_a_jump_of_the_clock_and_readiness_tells() {
    let app = TestApp::builder()
        .set("SIGNET_SIGNING_ALGORITHM", "EdDSA")
        .adapt(|ports| ports.generator = Arc::new(FreshKeys))
        .start()
        .await;
    let password = app.register_ada().await;
    let right = app.clock.now();
    assert_logs_in(&app, &password).await;

    // Long enough for the keys to rotate.
    app.clock.set_wall(right + 40 * DAY);
    app.keys.run().await.unwrap();
    assert_logs_in(&app, &password).await;
    assert_eq!(warnings(&app).await, Value::Null);

    app.clock.set_wall(right);
    app.keys.run().await.unwrap();
    assert_logs_in(&app, &password).await;
    let warned = warnings(&app).await.to_string();
    assert!(warned.contains("this server's clock says"), "{warned}");
}

#[tokio::test]
async fn a_token_is_good_by_the_clock_that_is_there() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let right = app.clock.now();
    let login = assert_logs_in(&app, &password).await;
    app.clock.set_wall(right + DAY);
    let late = app.bearer(Method::GET, "/me", &login.access).await;
    assert_invalid_token(late, "the token has expired").await;
    app.clock.set_wall(right);
    let again = app.bearer(Method::GET, "/me", &login.access).await;
    assert_eq!(again.status(), StatusCode::OK);
}
