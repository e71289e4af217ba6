use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{app::TestApp, problem::assert_problem, strength::SpyMeter};

async fn rate(app: &TestApp, password: &str) -> Response {
    let body = json!({ "password": password });
    app.post("/password/strength", &body).await
}

async fn strength(app: &TestApp, password: &str) -> Value {
    let response = rate(app, password).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_weak_password_has_a_low_score_and_advice() {
    let app = TestApp::start().await;
    let expected = json!({
        "score": 1,
        "advice": [
            "This is a very common password.",
            "Add another word or two. Uncommon words are better.",
        ],
    });
    assert_eq!(strength(&app, "password1234").await, expected);
}

#[tokio::test]
async fn a_strong_password_needs_no_advice() {
    let app = TestApp::start().await;
    let expected = json!({ "score": 4, "advice": [] });
    assert_eq!(strength(&app, "plum tiger kettle").await, expected);
}

#[tokio::test]
async fn a_score_of_three_is_what_registration_accepts() {
    let app = TestApp::builder()
        .set("SIGNET_PASSWORD_MIN_LENGTH", "14")
        .set("SIGNET_REGISTER_RATE_LIMIT", "off")
        .start()
        .await;
    let passwords = [
        "password1234",
        "kX9$mQ2!vB7#z",
        "kX9$mQ2!vB7#zW",
        "73920518463051",
    ];
    for (number, password) in passwords.iter().enumerate() {
        let score = strength(&app, password).await["score"].as_u64().unwrap();
        let body = json!({
            "username": format!("user-{number}"),
            "email": format!("{number}@example.com"),
            "password": password,
        });
        let registered = app.post("/register", &body).await.status();
        assert_eq!(registered == StatusCode::CREATED, score >= 3, "{password}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_password_is_refused() {
    let app = TestApp::start().await;
    for wrong in [
        json!(""),
        json!("x".repeat(1025)),
        json!(null),
        json!(123_456_789_012_u64),
    ] {
        let body = json!({ "password": wrong });
        let response = app.post("/password/strength", &body).await;
        let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        assert_eq!(problem["errors"][0]["field"], "password");
        assert!(!problem.to_string().contains("123456789012"), "{problem}");
    }
}

#[tokio::test]
async fn a_busy_meter_is_a_503_that_says_when_to_come_back() {
    let meter = SpyMeter::new();
    meter.be_busy();
    let app = TestApp::builder()
        .adapt(move |ports| ports.rating_meter = meter)
        .start()
        .await;
    let response = rate(&app, "plum tiger kettle").await;
    assert_eq!(response.headers()["retry-after"], "1");
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "busy").await;
    // Whoever chooses a password does not wait behind those who only ask.
    let body = json!({
        "username": "ada",
        "email": "ada@example.com",
        "password": "plum tiger kettle",
    });
    let response = app.post("/register", &body).await;
    assert_eq!(response.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn choosing_a_password_is_refused_when_its_own_meter_is_busy() {
    let meter = SpyMeter::new();
    meter.be_busy();
    let app = TestApp::builder()
        .adapt(move |ports| ports.judging_meter = meter)
        .start()
        .await;
    let body = json!({
        "username": "ada",
        "email": "ada@example.com",
        "password": "plum tiger kettle",
    });
    let response = app.post("/register", &body).await;
    assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "busy").await;
    strength(&app, "plum tiger kettle").await;
}

#[tokio::test]
async fn it_has_a_limit_of_its_own() {
    let app = TestApp::builder()
        .set("SIGNET_PASSWORD_STRENGTH_RATE_LIMIT", "2/1s")
        .start()
        .await;
    for _ in 0..2 {
        strength(&app, "plum tiger kettle").await;
    }
    let refused = rate(&app, "plum tiger kettle").await;
    let policy = "\"password-strength\";q=2;w=1";
    assert_eq!(refused.headers()["ratelimit-policy"], policy);
    assert_problem(refused, StatusCode::TOO_MANY_REQUESTS, "rate_limited").await;
    app.register("ada").await;
}
