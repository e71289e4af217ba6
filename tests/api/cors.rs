use reqwest::{Method, Response, StatusCode};

use crate::support::app::TestApp;

const ORIGIN: &str = "https://app.example";

async fn app() -> TestApp {
    TestApp::builder()
        .set("SIGNET_CORS_ORIGINS", ORIGIN)
        .start()
        .await
}

async fn preflight(app: &TestApp, path: &str, origin: &str) -> Response {
    let request = app.client.request(Method::OPTIONS, app.url(path));
    let request = request
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    request.send().await.unwrap()
}

async fn live(app: &TestApp, origin: &str) -> Response {
    app.get("/health/live")
        .header("origin", origin)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn no_origin_is_allowed_by_default() {
    let app = TestApp::start().await;
    let response = live(&app, ORIGIN).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let preflight = preflight(&app, "/auth", ORIGIN).await;
    assert_eq!(preflight.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(
        !preflight
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn a_configured_origin_may_read_answers_and_refusals() {
    let app = app().await;
    let refused = app
        .client
        .post(app.url("/auth"))
        .header("origin", ORIGIN)
        .send()
        .await
        .unwrap();
    for response in [live(&app, ORIGIN).await, refused] {
        assert_eq!(response.headers()["access-control-allow-origin"], ORIGIN);
        assert_eq!(response.headers()["vary"], "Origin");
    }
}

#[tokio::test]
async fn a_configured_origin_gets_its_preflight_answered() {
    let app = app().await;
    let response = preflight(&app, "/auth", ORIGIN).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let header = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(header("access-control-allow-origin"), ORIGIN);
    assert!(header("access-control-allow-methods").contains("POST"));
    assert!(header("access-control-allow-headers").contains("Content-Type"));
}

#[tokio::test]
async fn another_origin_is_served_without_being_allowed() {
    let app = app().await;
    let response = live(&app, "https://evil.example").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
    assert_eq!(response.headers()["vary"], "Origin");
}

#[tokio::test]
async fn anyone_may_preflight_the_key_set() {
    let app = TestApp::start().await;
    let response = preflight(&app, "/.well-known/jwks.json", "https://any.example").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}
