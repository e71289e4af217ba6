use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::{app::TestApp, problem::assert_problem};

const PATH: &str = "/.well-known/jwks.json";

#[tokio::test]
async fn the_key_set_holds_public_members_only() {
    let app = TestApp::start().await;
    let response = app.get(PATH).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["keys"]
    );
    let keys = body["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "the active and the next key");
    let key = keys[0].as_object().unwrap();
    assert_eq!(
        key.keys().collect::<Vec<_>>(),
        ["alg", "e", "kid", "kty", "n", "use"]
    );
    assert_eq!(
        (&key["kty"], &key["use"], &key["alg"]),
        (&"RSA".into(), &"sig".into(), &"RS256".into())
    );
}

#[tokio::test]
async fn the_answer_may_be_cached_for_five_minutes_by_anyone() {
    let app = TestApp::start().await;
    let response = app.get(PATH).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn a_current_copy_is_answered_with_304() {
    let app = TestApp::start().await;
    let first = app.get(PATH).send().await.unwrap();
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'));
    for condition in [
        etag.clone(),
        format!("\"other\", {etag}"),
        format!("W/{etag}"),
        "*".to_owned(),
    ] {
        let response = app
            .get(PATH)
            .header("if-none-match", &condition)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{condition}");
        assert_eq!(response.headers()["etag"], etag.as_str());
        assert_eq!(response.headers()["cache-control"], "public, max-age=300");
        assert!(response.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn another_copy_is_answered_with_the_key_set() {
    let app = TestApp::start().await;
    for condition in ["\"other\"", "nonsense"] {
        let response = app
            .get(PATH)
            .header("if-none-match", condition)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{condition}");
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_body() {
    let app = TestApp::start().await;
    let get = app.get(PATH).send().await.unwrap();
    let head = app
        .client
        .request(Method::HEAD, app.url(PATH))
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    for name in [
        "etag",
        "cache-control",
        "content-type",
        "access-control-allow-origin",
    ] {
        assert_eq!(head.headers()[name], get.headers()[name], "{name}");
    }
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_loaded_key_it_is_a_503() {
    let app = TestApp::builder().without_signing_keys().start().await;
    let response = app.get(PATH).send().await.unwrap();
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "no_signing_key").await;
}
