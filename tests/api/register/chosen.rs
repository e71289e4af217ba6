//! Registration with a password of one's own.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ada, assert_invalid};
use crate::support::{app::TestApp, hasher::SpyHasher, problem::assert_problem};

fn ada_with(password: &str) -> Value {
    let mut body = ada();
    body["password"] = password.into();
    body
}

#[tokio::test]
async fn a_chosen_password_logs_in_and_is_not_repeated() {
    let app = TestApp::start().await;
    let response = app.post("/register", &ada_with("plum tiger kettle")).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    assert_eq!(body["username"], "ada");
    let login = app.log_in("ada", "plum tiger kettle").await;
    assert_eq!(login.status(), StatusCode::OK);
}

#[tokio::test]
async fn null_asks_for_one_of_the_servers_making() {
    let app = TestApp::start().await;
    let mut body = ada();
    body["password"] = Value::Null;
    body["invite"] = Value::Null;
    let response = app.post("/register", &body).await;
    let body: Value = response.json().await.unwrap();
    let login = app.log_in("ada", body["password"].as_str().unwrap()).await;
    assert_eq!(login.status(), StatusCode::OK);
}

#[tokio::test]
async fn another_spelling_logs_in() {
    let app = TestApp::start().await;
    app.post("/register", &ada_with("cr\u{e8}me br\u{fb}l\u{e9}e tiger"))
        .await;
    let login = app.log_in("ada", "cre\u{300}me bru\u{302}le\u{301}e tiger");
    assert_eq!(login.await.status(), StatusCode::OK);
    let plain = app.log_in("ada", "creme brulee tiger").await;
    assert_problem(plain, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
}

#[tokio::test]
async fn a_weak_password_is_refused_with_advice_and_is_not_repeated() {
    let hasher = SpyHasher::new();
    let app = TestApp::builder()
        .adapt({
            let hasher = hasher.clone();
            move |ports| ports.hasher = hasher
        })
        .start()
        .await;
    for weak in ["short", "password1234", "ada@example.com"] {
        let body = ada_with(weak);
        assert_invalid(&app, &body, &["password"]).await;
    }
    let response = app.post("/register", &ada_with("password1234")).await;
    let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
    let message = problem["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("This is a very common password."),
        "{message}"
    );
    assert!(!problem.to_string().contains("password1234"), "{problem}");
    assert_eq!(hasher.take_work(), []);
}

#[tokio::test]
async fn the_least_length_can_be_set() {
    let app = TestApp::builder()
        .set("SIGNET_PASSWORD_MIN_LENGTH", "15")
        .start()
        .await;
    assert_invalid(&app, &ada_with("kX9$mQ2!vB7#zW"), &["password"]).await;
    let response = app.post("/register", &ada_with("kX9$mQ2!vB7#zWp")).await;
    assert_eq!(response.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_password_or_invite_of_another_type_is_refused() {
    let app = TestApp::start().await;
    for field in ["password", "invite"] {
        let mut body = ada();
        body[field] = json!(["plum tiger kettle"]);
        assert_invalid(&app, &body, &[field]).await;
    }
}
