//! What users change about their accounts.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{app::TestApp, oauth::Login, problem::assert_problem, verifier::part};

async fn update(app: &TestApp, token: &str, body: &Value) -> Response {
    app.bearer_json(Method::PATCH, "/me", token, body).await
}

async fn me(response: Response) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test]
async fn only_what_is_sent_changes() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    let before = me(app.me(&token).await).await;
    let unchanged = me(update(&app, &token, &json!({})).await).await;
    assert_eq!(unchanged, before);
    let body = json!({ "display_name": "Ada Lovelace" });
    let named = me(update(&app, &token, &body).await).await;
    assert_eq!(named["display_name"], "Ada Lovelace");
    assert_eq!(named["email"], "ada@example.com");
    let body = json!({ "email": "ada@lovelace.example" });
    let mailed = me(update(&app, &token, &body).await).await;
    assert_eq!(mailed["email"], "ada@lovelace.example");
    assert_eq!(mailed["display_name"], "Ada Lovelace");
    assert_eq!(me(app.me(&token).await).await, mailed);
}

#[tokio::test]
async fn null_takes_the_display_name_away() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    let body = json!({ "display_name": "Ada Lovelace" });
    update(&app, &token, &body).await;
    let body = json!({ "display_name": null });
    let nameless = me(update(&app, &token, &body).await).await;
    assert_eq!(nameless["display_name"], Value::Null);
}

#[tokio::test]
async fn a_change_is_in_the_audit_log_with_its_actor() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    let body = json!({ "display_name": "Ada Lovelace" });
    update(&app, &token, &body).await;
    let sql = "SELECT actor, target_id FROM audit_events WHERE action = 'user.update'";
    let id = part(&token, 1)["sub"].as_str().unwrap().to_owned();
    let rows = app.database.rows(sql).await;
    assert_eq!(rows, [vec![id.clone(), id]]);
}

#[tokio::test]
async fn a_taken_email_is_refused() {
    let app = TestApp::start().await;
    app.register("bob").await;
    let token = app.ada().await.access;
    let body = json!({ "email": "BOB@example.com", "display_name": "Bob" });
    let response = update(&app, &token, &body).await;
    assert_problem(response, StatusCode::CONFLICT, "email_taken").await;
    assert_eq!(me(app.me(&token).await).await["display_name"], Value::Null);
}

#[tokio::test]
async fn wrong_fields_are_named_and_no_others_are_taken() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    for (body, fields) in [
        (
            json!({ "email": "nowhere", "display_name": "" }),
            &["email", "display_name"][..],
        ),
        (
            json!({ "roles": ["admin"], "status": "active" }),
            &["roles", "status"],
        ),
        (json!({ "username": "eve" }), &["username"]),
        (json!({ "display_name": 1 }), &["display_name"]),
    ] {
        let response = update(&app, &token, &body).await;
        let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|e| e["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{problem}");
    }
}

#[tokio::test]
async fn one_limit_stands_before_all_changes_of_the_account() {
    let app = TestApp::builder()
        .set("SIGNET_ACCOUNT_RATE_LIMIT", "3/1s")
        .start()
        .await;
    let token = app.ada().await.access;
    let empty = json!({});
    for (method, path) in [
        (Method::PATCH, "/me"),
        (Method::DELETE, "/me"),
        (Method::POST, "/me/password"),
    ] {
        let response = app.bearer_json(method, path, &token, &empty).await;
        assert_ne!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            response.headers()["ratelimit-policy"],
            "\"account\";q=3;w=1"
        );
    }
    let refused = update(&app, &token, &empty).await;
    assert_problem(refused, StatusCode::TOO_MANY_REQUESTS, "rate_limited").await;
    assert_eq!(app.me(&token).await.status(), StatusCode::OK);
}

/// Each change is an event of the audit log, which nobody may fill.
#[tokio::test]
async fn an_account_is_changed_thirty_times_an_hour_wherever_its_owner_is() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let token = Login::of(app.log_in("ada", &password).await).await.access;
    let eve = app.login_of("eve").await.access;
    for count in 0..30 {
        let body = json!({ "display_name": format!("Ada {count}") });
        let changed = update(&app, &token, &body).await;
        assert_eq!(changed.status(), StatusCode::OK);
    }
    let body = json!({ "display_name": "Ada" });
    let refused = update(&app, &token, &body).await;
    assert_eq!(refused.headers()["retry-after"], "3600");
    assert_problem(refused, StatusCode::TOO_MANY_REQUESTS, "rate_limited").await;
    let sql = "SELECT id FROM audit_events WHERE action = 'user.update'";
    assert_eq!(app.database.rows(sql).await.len(), 30);
    // Neither others nor a change of the password are held up by it.
    assert_eq!(update(&app, &eve, &body).await.status(), StatusCode::OK);
    let body = json!({ "current_password": password, "new_password": "plum tiger kettle" });
    let changed = app.bearer_json(Method::POST, "/me/password", &token, &body);
    assert_eq!(changed.await.status(), StatusCode::NO_CONTENT);
}
