use std::{sync::Arc, time::Duration};

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::support::{app::TestApp, fresh_keys::FreshKeys, problem::assert_problem};

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

/// A list may be sent in several lines (RFC 9110 §5.3).
#[tokio::test]
async fn a_current_copy_named_in_the_second_of_two_lines_is_answered_with_304() {
    let app = TestApp::start().await;
    let first = app.get(PATH).send().await.unwrap();
    let request = app.get(PATH).header("if-none-match", "\"other\"");
    let request = request.header("if-none-match", &first.headers()["etag"]);
    let status = request.send().await.unwrap().status();
    assert_eq!(status, StatusCode::NOT_MODIFIED);
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

#[tokio::test]
async fn a_rotation_changes_the_key_set_and_its_entity_tag() {
    let app = TestApp::builder()
        .set("SIGNET_SIGNING_ALGORITHM", "EdDSA")
        .adapt(|ports| ports.generator = Arc::new(FreshKeys))
        .start()
        .await;
    let fetch = async || app.get(PATH).send().await.unwrap();
    let before = fetch().await;
    app.clock.advance(Duration::from_hours(24 * 30));
    app.keys.run().await.unwrap();
    let after = fetch().await;
    assert_ne!(before.headers()["etag"], after.headers()["etag"]);
    let keys = async |response: Response| {
        let body: Value = response.json().await.unwrap();
        body["keys"].as_array().unwrap().clone()
    };
    let (before, after) = (keys(before).await, keys(after).await);
    assert_eq!(after.len(), 3, "retired, active and next");
    assert!(before.iter().all(|key| after.contains(key)));
}

#[tokio::test]
async fn the_allowed_age_is_configuration_and_shrinks_when_the_keys_are_not_reread() {
    let app = TestApp::builder()
        .set("SIGNET_JWKS_MAX_AGE", "2m")
        .start()
        .await;
    let cache_control = async || {
        let response = app.get(PATH).send().await.unwrap();
        response.headers()["cache-control"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(cache_control().await, "public, max-age=120");
    app.clock.advance(Duration::from_secs(100));
    assert_eq!(cache_control().await, "public, max-age=80");
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(cache_control().await, "public, max-age=0");
}

#[tokio::test]
async fn it_is_served_without_asking_the_database() {
    let app = TestApp::start().await;
    app.database
        .execute("ALTER TABLE keys RENAME TO gone")
        .await;
    let response = app.get(PATH).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}
