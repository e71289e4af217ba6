use std::collections::BTreeSet;

use reqwest::{Body, Method, StatusCode};
use serde_json::Value;

use crate::support::{app::TestApp, problem::assert_problem};

#[tokio::test]
async fn an_unknown_path_is_a_404() {
    let app = TestApp::start().await;
    for path in ["/", "/nowhere", "/auth/", "/authx", "/.well-known/"] {
        let response = app.get(path).send().await.unwrap();
        assert_problem(response, StatusCode::NOT_FOUND, "not_found").await;
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    let app = TestApp::start().await;
    for (method, path, allow) in [
        (Method::GET, "/auth", "POST"),
        (Method::HEAD, "/auth", "POST"),
        (Method::PUT, "/register", "POST"),
        (Method::POST, "/.well-known/jwks.json", "GET, HEAD"),
        (Method::DELETE, "/health/ready", "GET, HEAD"),
        (Method::POST, "/openapi.json", "GET, HEAD"),
        (Method::POST, "/docs", "GET, HEAD"),
        (Method::DELETE, "/docs/", "GET, HEAD"),
    ] {
        let response = app
            .client
            .request(method.clone(), app.url(path))
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["allow"], allow, "{method} {path}");
        if method == Method::HEAD {
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        } else {
            assert_problem(
                response,
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
            )
            .await;
        }
    }
}

/// As the description has them; a path that takes GET takes HEAD, too.
#[tokio::test]
async fn every_path_names_its_methods_in_a_405() {
    let app = TestApp::start().await;
    let spec: Value = app
        .get("/openapi.json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    for (template, operations) in spec["paths"].as_object().unwrap() {
        let methods = operations.as_object().unwrap().keys();
        let mut allowed: BTreeSet<_> = methods.map(|it| it.to_uppercase()).collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD".to_owned());
        }
        let path = template.replace("{id}", "1").replace("{kid}", "1");
        let request = app.client.request(Method::TRACE, app.url(&path));
        let response = request.send().await.unwrap();
        let allow = response.headers()["allow"].to_str().unwrap();
        let named = allow.split(", ").map(str::to_owned).collect();
        assert_eq!(allowed, named, "{template}");
    }
}

#[tokio::test]
async fn another_content_type_is_a_415() {
    let app = TestApp::start().await;
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("nonsense"),
    ] {
        let mut request = app.client.post(app.url("/auth")).body("{}");
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let response = request.send().await.unwrap();
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        assert_problem(response, status, "unsupported_media_type").await;
    }
}

fn body_of(bytes: usize) -> String {
    let frame = r#"{"username":"","password":"x"}"#;
    frame.replacen(
        "\"\"",
        &format!("\"{}\"", "u".repeat(bytes - frame.len())),
        1,
    )
}

#[tokio::test]
async fn a_body_of_16_kib_is_read_and_one_byte_more_is_a_413() {
    let app = TestApp::start().await;
    let post = |bytes| {
        let request = app.client.post(app.url("/auth")).body(body_of(bytes));
        request.header("content-type", "application/json").send()
    };
    let judged = post(16 * 1024).await.unwrap();
    assert_problem(judged, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    let refused = post(16 * 1024 + 1).await.unwrap();
    assert_problem(refused, StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large").await;
}

#[tokio::test]
async fn a_body_that_does_not_tell_its_length_is_cut_off_at_16_kib() {
    let app = TestApp::start().await;
    let chunks = (0..100).map(|_| Ok::<_, std::io::Error>("x".repeat(1024)));
    let body = Body::wrap_stream(futures_util::stream::iter(chunks));
    let request = app.client.post(app.url("/auth")).body(body);
    let response = request
        .header("content-type", "application/json")
        .send()
        .await
        .unwrap();
    assert_problem(response, StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large").await;
}

#[tokio::test]
async fn a_handler_that_panics_is_a_500_that_tells_nothing() {
    use async_trait::async_trait;
    use signet::ports::{Storage, StorageError};

    struct PanickingStorage;

    #[async_trait]
    impl Storage for PanickingStorage {
        async fn ping(&self) -> Result<(), StorageError> {
            panic!("a secret detail")
        }
    }

    let app = TestApp::builder()
        .adapt(|ports| ports.storage = std::sync::Arc::new(PanickingStorage))
        .start()
        .await;
    let response = app.get("/health/ready").send().await.unwrap();
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let problem = assert_problem(response, status, "internal_error").await;
    assert!(!problem.to_string().contains("secret"));
}
