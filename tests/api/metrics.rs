//! `/metrics`: each metric moves when its thing happens.
#![allow(clippy::float_cmp, reason = "what is counted is exact")]

mod bounds;
mod certificate;
mod hashing;
mod keys;
mod listener;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use signet::ports::LimitsHealth;

use crate::support::{app::TestApp, oauth::Login, scrape::Scrape};

async fn measured() -> TestApp {
    TestApp::builder().measured().start().await
}

/// How much a series grew.
fn growth(series: &str, before: &Scrape, after: &Scrape) -> f64 {
    after.value(series) - before.value(series)
}

fn attempts(outcome: &str) -> String {
    format!(r#"signet_auth_attempts_total{{outcome="{outcome}"}}"#)
}

fn issued(grant: &str) -> String {
    format!(r#"signet_tokens_issued_total{{grant="{grant}"}}"#)
}

#[tokio::test]
async fn an_answer_counts_by_method_route_and_status_with_its_time() {
    let app = measured().await;
    let counter = r#"signet_http_requests_total{method="GET",route="/me/sessions",status="401"}"#;
    let times = r#"signet_http_request_duration_seconds_count{method="GET",route="/me/sessions"}"#;
    assert!(!app.scrape().await.has(counter));
    for asked in [1.0, 2.0] {
        app.bearer(Method::GET, "/me/sessions?limit=1", "none")
            .await;
        let scrape = app.scrape().await;
        assert_eq!((scrape.value(counter), scrape.value(times)), (asked, asked));
    }
}

#[tokio::test]
async fn a_route_with_an_id_counts_by_its_template() {
    let app = measured().await;
    let login = app.ada().await;
    for id in ["1", "00000000-0000-0000-0000-000000000000"] {
        let path = format!("/me/sessions/{id}");
        app.bearer(Method::DELETE, &path, &login.access).await;
    }
    let series =
        r#"signet_http_requests_total{method="DELETE",route="/me/sessions/{id}",status="404"}"#;
    assert_eq!(app.scrape().await.value(series), 2.0);
}

#[tokio::test]
async fn what_the_rate_limit_refuses_counts_by_the_route_that_was_asked_for() {
    let builder = TestApp::builder().set("SIGNET_AUTH_RATE_LIMIT", "1/1h");
    let app = builder.measured().start().await;
    for status in [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS] {
        let response = app.log_in("nobody", "a wrong password").await;
        assert_eq!(response.status(), status);
    }
    let scrape = app.scrape().await;
    for series in [
        r#"signet_http_requests_total{method="POST",route="/auth",status="429"}"#,
        r#"signet_rate_limit_decisions_total{scope="auth",decision="admitted"}"#,
        r#"signet_rate_limit_decisions_total{scope="auth",decision="refused"}"#,
    ] {
        assert_eq!(scrape.value(series), 1.0, "{series}");
    }
}

#[tokio::test]
async fn attempts_to_log_in_count_by_their_outcome() {
    let app = measured().await;
    let password = app.register_ada().await;
    let before = app.scrape().await;
    app.log_in("ada", &password).await;
    app.log_in("ada", "a wrong password").await;
    app.log_in("nobody", "a wrong password").await;
    let after = app.scrape().await;
    for outcome in ["success", "wrong_password", "unknown_user"] {
        assert_eq!(
            growth(&attempts(outcome), &before, &after),
            1.0,
            "{outcome}"
        );
    }
    assert_eq!(growth(&attempts("disabled"), &before, &after), 0.0);
    let admitted = r#"signet_account_throttle_decisions_total{decision="admitted"}"#;
    assert_eq!(growth(admitted, &before, &after), 3.0);
}

#[tokio::test]
async fn a_throttled_account_name_counts() {
    let app = measured().await;
    let mut refused = 0.0;
    while refused == 0.0 {
        let status = app.log_in("nobody", "a wrong password").await.status();
        refused += f64::from(u8::from(status == StatusCode::TOO_MANY_REQUESTS));
        app.clock.advance(Duration::from_millis(200));
    }
    let scrape = app.scrape().await;
    let decision = r#"signet_account_throttle_decisions_total{decision="refused"}"#;
    assert_eq!(scrape.value(decision), refused);
    assert_eq!(scrape.value(&attempts("throttled")), refused);
}

#[tokio::test]
async fn a_token_counts_by_its_grant() {
    let app = measured().await;
    let password = app.register_ada().await;
    let client = app.service_client("reports", "read", &[]).await;
    let count = |scrape: &Scrape| {
        ["password", "refresh_token", "client_credentials"].map(|it| scrape.value(&issued(it)))
    };
    assert_eq!(count(&app.scrape().await), [0.0, 0.0, 0.0]);
    let login = Login::of(app.log_in("ada", &password).await).await;
    assert_eq!(count(&app.scrape().await), [1.0, 0.0, 0.0]);
    app.refreshed(&login.refresh).await;
    assert_eq!(count(&app.scrape().await), [1.0, 1.0, 0.0]);
    app.client_token(&client).await;
    assert_eq!(count(&app.scrape().await), [1.0, 1.0, 1.0]);
}

#[tokio::test]
async fn what_was_refused_issues_no_token() {
    let app = measured().await;
    app.log_in("nobody", "a wrong password").await;
    app.refresh("no token").await;
    let scrape = app.scrape().await;
    assert_eq!(scrape.value(&issued("password")), 0.0);
    assert_eq!(scrape.value(&issued("refresh_token")), 0.0);
}

#[tokio::test]
async fn a_consumed_refresh_token_counts_as_an_attempt() {
    let app = measured().await;
    let login = app.ada().await;
    app.refreshed(&login.refresh).await;
    app.pass(Duration::from_secs(11)).await;
    app.refresh(&login.refresh).await;
    assert_eq!(app.scrape().await.value(&attempts("refresh_reuse")), 1.0);
}

#[tokio::test]
async fn a_service_client_that_fails_to_authenticate_counts() {
    let app = measured().await;
    let mut client = app.service_client("reports", "read", &[]).await;
    client.secret = "wrong".to_owned();
    let form = [("grant_type", "client_credentials")];
    app.post_form_as(&client, "/token", &form).await;
    client.id = "nobody".to_owned();
    app.post_form_as(&client, "/token", &form).await;
    let scrape = app.scrape().await;
    let failures = ["wrong_client_secret", "unknown_client"].map(|it| scrape.value(&attempts(it)));
    assert_eq!(failures, [1.0, 1.0]);
}

struct Away;

#[async_trait]
impl LimitsHealth for Away {
    async fn look(&self) {}

    fn trouble(&self) -> Option<String> {
        Some("away".to_owned())
    }

    fn fallback_decisions(&self) -> u64 {
        3
    }
}

#[tokio::test]
async fn what_was_judged_while_redis_was_away_is_told() {
    let fallbacks = "signet_limiter_fallback_decisions_total";
    let here = measured().await;
    assert_eq!(here.scrape().await.value(fallbacks), 0.0);
    let away = TestApp::builder()
        .adapt(|ports| ports.limits_health = Some(Arc::new(Away)))
        .measured();
    let away = away.start().await;
    assert_eq!(away.scrape().await.value(fallbacks), 3.0);
}

#[tokio::test]
async fn a_commit_counts_by_the_writes_that_it_took() {
    let app = measured().await;
    let commits = "signet_commit_group_size_count";
    let before = app.scrape().await;
    app.register_ada().await;
    let after = app.scrape().await;
    assert_eq!(growth(commits, &before, &after), 1.0);
    assert_eq!(growth("signet_commit_group_size_sum", &before, &after), 1.0);
}

#[tokio::test]
async fn the_connections_to_the_database_are_told_by_their_pool() {
    let app = measured().await;
    app.register_ada().await;
    let scrape = app.scrape().await;
    let connections = |pool: &str, state: &str| {
        let labels = format!(r#"{{pool="{pool}",state="{state}"}}"#);
        scrape.value(&format!("signet_database_connections{labels}"))
    };
    assert_eq!(
        connections("writer", "idle") + connections("writer", "used"),
        1.0
    );
    assert!(connections("reader", "idle") + connections("reader", "used") >= 1.0);
    let most = |pool: &str| format!(r#"signet_database_connections_max{{pool="{pool}"}}"#);
    assert_eq!(scrape.value(&most("writer")), 1.0);
    // As many as there are cores, within bounds.
    let cores = std::thread::available_parallelism().unwrap().get();
    let readers = u32::try_from(cores.clamp(2, 4)).unwrap();
    assert_eq!(scrape.value(&most("reader")), f64::from(readers));
}

#[tokio::test]
async fn the_version_is_told() {
    let version = env!("CARGO_PKG_VERSION");
    let series = format!(r#"signet_build_info{{version="{version}"}}"#);
    assert_eq!(measured().await.scrape().await.value(&series), 1.0);
}
