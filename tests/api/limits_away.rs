//! Limits that are to be shared, while the place for it is away.
#![allow(clippy::float_cmp, reason = "what is counted is exact")]

use std::{sync::Arc, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};
use signet::{
    adapters::limiter::{FallbackPolicy, RedisLimiter, RedisServer, RedisSettings, RedisThrottle},
    ports::LimitsHealth,
};

use crate::support::{
    app::TestApp, fake_redis::FakeRedis, fixtures::shared_names, problem::assert_problem,
    redis::until,
};

fn nowhere(fallback: FallbackPolicy) -> Arc<RedisServer> {
    let url = "unix:///nowhere/redis.sock".parse().unwrap();
    RedisServer::start(RedisSettings::new(url, fallback)).unwrap()
}

#[tokio::test]
async fn a_limited_request_that_cannot_be_counted_gets_503_under_deny() {
    let app = TestApp::builder()
        .adapt(|ports| {
            let server = nowhere(FallbackPolicy::Deny);
            ports.limiter = Arc::new(RedisLimiter::new(server, ports.limiter.clone()));
        })
        .start()
        .await;
    let response = app.log_in("ada", "whatever it is").await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["ratelimit"], "\"auth\";r=0;t=1");
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
}

#[tokio::test]
async fn a_guess_that_cannot_be_counted_gets_503_under_deny() {
    let app = TestApp::builder()
        .adapt(|ports| {
            let server = nowhere(FallbackPolicy::Deny);
            ports.throttle = Arc::new(RedisThrottle::new(
                server,
                ports.throttle.clone(),
                shared_names(),
            ));
        })
        .start()
        .await;
    let response = app.log_in("ada", "whatever it is").await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
}

#[tokio::test]
async fn a_limited_request_that_cannot_be_counted_is_an_unavailable_decision() {
    let app = TestApp::builder()
        .adapt(|ports| {
            let server = nowhere(FallbackPolicy::Deny);
            ports.limiter = Arc::new(RedisLimiter::new(server, ports.limiter.clone()));
        })
        .measured()
        .start()
        .await;
    app.log_in("ada", "whatever it is").await;
    let series = r#"signet_rate_limit_decisions_total{scope="auth",decision="unavailable"}"#;
    assert_eq!(app.scrape().await.value(series), 1.0);
}

#[tokio::test]
async fn a_guess_that_cannot_be_counted_is_an_unavailable_decision() {
    let app = TestApp::builder()
        .adapt(|ports| {
            let (server, local) = (nowhere(FallbackPolicy::Deny), ports.throttle.clone());
            ports.throttle = Arc::new(RedisThrottle::new(server, local, shared_names()));
        })
        .measured()
        .start()
        .await;
    app.log_in("ada", "whatever it is").await;
    let series = r#"signet_account_throttle_decisions_total{decision="unavailable"}"#;
    assert_eq!(app.scrape().await.value(series), 1.0);
}

/// Each alone would come in time.
#[tokio::test]
async fn a_login_does_not_wait_for_each_answer_of_a_slow_redis() {
    let redis = FakeRedis::start();
    let settings = RedisSettings::new(redis.url().parse().unwrap(), FallbackPolicy::Local);
    let server = RedisServer::start(settings).unwrap();
    until(|| server.counts()).await;
    let shared = server.clone();
    let app = TestApp::builder()
        .adapt(move |ports| {
            let limiter = RedisLimiter::new(shared.clone(), ports.limiter.clone());
            let throttle = RedisThrottle::new(shared, ports.throttle.clone(), shared_names());
            (ports.limiter, ports.throttle) = (Arc::new(limiter), Arc::new(throttle));
        })
        .start()
        .await;
    let password = app.register_ada().await;
    until(|| server.counts()).await;
    let before = server.fallback_decisions();
    redis.take(Duration::from_millis(40));
    let response = app.log_in("ada", &password).await;
    assert_eq!(response.status(), StatusCode::OK);
    // On a busy machine none of them may come in time.
    assert!(server.fallback_decisions() > before);
}

#[tokio::test]
async fn a_server_on_its_fallback_is_ready_and_says_so() {
    let app = TestApp::builder()
        .adapt(|ports| ports.limits_health = Some(nowhere(FallbackPolicy::Local)))
        .start()
        .await;
    let response = app.get("/health/ready").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let warning = "the limiter's Redis is away: this server counts on its own";
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({ "status": "ready", "warnings": [warning] })
    );
}
