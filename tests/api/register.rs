mod chosen;
mod modes;

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::{Uuid, Version};

use crate::support::{
    app::TestApp,
    hasher::{HashWork, SpyHasher},
    problem::assert_problem,
};

fn ada() -> Value {
    json!({ "username": "ada", "email": "ada@example.com" })
}

async fn assert_invalid(app: &TestApp, body: &Value, expected: &[&str]) {
    let response = app.post("/register", body).await;
    let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
    let errors = problem["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("{problem}"));
    let fields: Vec<_> = errors
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, expected, "{problem}");
    assert!(
        errors
            .iter()
            .all(|e| !e["message"].as_str().unwrap().is_empty())
    );
}

#[tokio::test]
async fn an_account_is_made_with_a_password_that_logs_in() {
    let app = TestApp::start().await;
    let response = app.post("/register", &ada()).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().contains_key("ratelimit"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body.as_object().unwrap().len(), 3);
    assert_eq!(body["username"], "ada");
    for field in ["id", "password"] {
        let uuid: Uuid = body[field].as_str().unwrap().parse().unwrap();
        assert_eq!(uuid.get_version(), Some(Version::Random), "{field}");
    }
    let login = app.log_in("ada", body["password"].as_str().unwrap()).await;
    assert_eq!(login.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_taken_username_is_named() {
    let app = TestApp::start().await;
    app.post("/register", &ada()).await;
    let body = json!({ "username": "ADA", "email": "other@example.com" });
    let response = app.post("/register", &body).await;
    assert_problem(response, StatusCode::CONFLICT, "username_taken").await;
}

#[tokio::test]
async fn a_taken_email_is_named() {
    let app = TestApp::start().await;
    app.post("/register", &ada()).await;
    let body = json!({ "username": "bob", "email": "ADA@example.com" });
    let response = app.post("/register", &body).await;
    assert_problem(response, StatusCode::CONFLICT, "email_taken").await;
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let app = TestApp::start().await;
    assert_invalid(&app, &json!({}), &["username", "email"]).await;
    let body = json!({ "username": "a", "email": "nowhere" });
    assert_invalid(&app, &body, &["username", "email"]).await;
    let body = json!({ "username": "a b c", "email": "ada@example.com" });
    assert_invalid(&app, &body, &["username"]).await;
}

#[tokio::test]
async fn values_of_another_type_are_refused_and_not_coerced() {
    let app = TestApp::start().await;
    for wrong in [
        json!(12345),
        json!(true),
        json!(null),
        json!(["ada"]),
        json!({}),
    ] {
        let body = json!({ "username": wrong, "email": "ada@example.com" });
        assert_invalid(&app, &body, &["username"]).await;
    }
}

#[tokio::test]
async fn an_unknown_field_is_refused() {
    let app = TestApp::start().await;
    let body = json!({ "username": "ada", "email": "ada@example.com", "role": "admin" });
    assert_invalid(&app, &body, &["role"]).await;
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let app = TestApp::builder()
        .set("SIGNET_REGISTER_RATE_LIMIT", "off")
        .start()
        .await;
    for text in [
        "",
        "null",
        "[]",
        "\"ada\"",
        "{",
        "{\"username\":\"ada\"} trailing",
        "{\"username\":\"ada\",\"username\":\"bob\",\"email\":\"a@example.com\"}",
        "\u{feff}{}",
    ] {
        let request = app.client.post(app.url("/register"));
        let request = request
            .header("content-type", "application/json")
            .body(text);
        let response = request.send().await.unwrap();
        assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
    }
}

#[tokio::test]
async fn invalid_utf8_is_refused() {
    let app = TestApp::start().await;
    let request = app.client.post(app.url("/register"));
    let request = request
        .header("content-type", "application/json")
        .body(b"{\"username\":\"\xff\xfe\"}".to_vec());
    let response = request.send().await.unwrap();
    assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
}

#[tokio::test]
async fn a_busy_hasher_is_a_503_that_says_when_to_come_back() {
    let hasher = SpyHasher::new();
    hasher.be_busy_for(HashWork::Hash);
    let app = TestApp::builder()
        .adapt(move |ports| ports.hasher = hasher)
        .start()
        .await;
    let response = app.post("/register", &ada()).await;
    assert_eq!(response.headers()["retry-after"], "3");
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "busy").await;
}

#[tokio::test]
async fn a_lost_database_is_a_503_that_tells_nothing_about_it() {
    let app = TestApp::start().await;
    app.database
        .execute("ALTER TABLE users RENAME TO gone")
        .await;
    let response = app.post("/register", &ada()).await;
    assert!(response.headers().contains_key("retry-after"));
    let problem = assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    assert_eq!(problem.get("detail"), None);
}

#[tokio::test]
async fn of_concurrent_registrations_of_one_name_one_is_made() {
    let app = Arc::new(
        TestApp::builder()
            .set("SIGNET_REGISTER_RATE_LIMIT", "off")
            .start()
            .await,
    );
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let app = app.clone();
        tasks.spawn(async move { app.post("/register", &ada()).await.status() });
    }
    let statuses = tasks.join_all().await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!(count(StatusCode::CREATED), 1);
    assert_eq!(count(StatusCode::CONFLICT), 19);
}
