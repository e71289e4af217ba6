use std::time::Duration;

use reqwest::{Response, StatusCode};

use super::ENDPOINTS;
use crate::support::{app::TestApp, problem::assert_oauth_error};

async fn post(app: &TestApp, (path, _): (&str, &str)) -> Response {
    app.post_form(path, &[]).await
}

#[tokio::test]
async fn fifty_requests_within_a_second_are_admitted_and_the_next_is_not() {
    let app = TestApp::start().await;
    for endpoint in ENDPOINTS {
        for count in 0..50 {
            let response = post(&app, endpoint).await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{count}");
        }
        let refused = post(&app, endpoint).await;
        assert_eq!(refused.headers()["retry-after"], "1");
        let status = StatusCode::TOO_MANY_REQUESTS;
        assert_oauth_error(refused, status, "temporarily_unavailable").await;
    }
    app.clock.advance(Duration::from_millis(1001));
    let admitted = post(&app, ENDPOINTS[0]).await;
    assert_eq!(admitted.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_endpoint_counts_for_itself_and_says_so() {
    let app = TestApp::builder()
        .set("SIGNET_TOKEN_RATE_LIMIT", "1/1s")
        .set("SIGNET_REVOKE_RATE_LIMIT", "2/1m")
        .set("SIGNET_INTROSPECT_RATE_LIMIT", "3/1h")
        .start()
        .await;
    let admitted = ["q=1;w=1", "q=2;w=60", "q=3;w=3600"];
    for ((endpoint, policy), quota) in ENDPOINTS.into_iter().zip(admitted).zip(1..) {
        let name = endpoint.0.trim_start_matches('/');
        for left in (0..quota).rev() {
            let response = post(&app, endpoint).await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST);
            let headers = response.headers();
            let expected = format!("\"{name}\";{policy}");
            assert_eq!(headers["ratelimit-policy"], expected.as_str());
            let remaining = headers["ratelimit"].to_str().unwrap();
            let expected = format!("\"{name}\";r={left};");
            assert!(remaining.starts_with(&expected), "{remaining}");
        }
        let refused = post(&app, endpoint).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    let log_in = app.log_in("nobody", "wrong").await;
    assert_eq!(log_in.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refused_request_does_nothing() {
    let app = TestApp::builder()
        .set("SIGNET_TOKEN_RATE_LIMIT", "1/1s")
        .set("SIGNET_REVOKE_RATE_LIMIT", "1/1s")
        .start()
        .await;
    let login = app.ada().await;
    for endpoint in &ENDPOINTS[..2] {
        post(&app, *endpoint).await;
    }
    let refused = StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(app.refresh(&login.refresh).await.status(), refused);
    assert_eq!(app.revoke(&login.refresh).await.status(), refused);
    app.clock.advance(Duration::from_secs(20));
    app.assert_live(&login).await;
}
