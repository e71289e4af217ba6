//! What answers have, whichever layer gives them.

use reqwest::{Method, RequestBuilder, Response, StatusCode};

use crate::support::app::TestApp;

const ORIGIN: &str = "https://app.example";

/// Which of the layers' headers an answer has.
fn marks(response: &Response) -> [bool; 4] {
    [
        "content-security-policy",
        "x-request-id",
        "access-control-allow-origin",
        "ratelimit",
    ]
    .map(|name| response.headers().contains_key(name))
}

async fn ask(request: RequestBuilder) -> (StatusCode, [bool; 4]) {
    let response = request.header("origin", ORIGIN).send().await.unwrap();
    (response.status(), marks(&response))
}

#[tokio::test]
async fn a_page_may_read_each_refusal_and_what_is_left_of_its_limit() {
    let app = TestApp::builder()
        .set("SIGNET_CORS_ORIGINS", ORIGIN)
        .set("SIGNET_AUTH_RATE_LIMIT", "2/1s")
        .start()
        .await;
    let login = || app.client.post(app.url("/auth"));
    let preflight = || {
        app.client
            .request(Method::OPTIONS, app.url("/auth"))
            .header("access-control-request-method", "POST")
    };
    let unlimited = [true, true, true, false];
    let limited = [true, true, true, true];
    // A preflight is not counted.
    for _ in 0..3 {
        assert_eq!(ask(preflight()).await, (StatusCode::NO_CONTENT, unlimited));
    }
    let too_large = login().body(vec![b' '; 1 << 20]);
    assert_eq!(
        ask(too_large).await,
        (StatusCode::PAYLOAD_TOO_LARGE, limited)
    );
    let no_json = login().body("{}");
    assert_eq!(
        ask(no_json).await,
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, limited)
    );
    let one_more = login().body("{}");
    assert_eq!(
        ask(one_more).await,
        (StatusCode::TOO_MANY_REQUESTS, limited)
    );
    let unknown = app.get("/nowhere");
    assert_eq!(ask(unknown).await, (StatusCode::NOT_FOUND, unlimited));
    let wrong_method = app.client.delete(app.url("/health/live"));
    assert_eq!(
        ask(wrong_method).await,
        (StatusCode::METHOD_NOT_ALLOWED, unlimited)
    );
}
