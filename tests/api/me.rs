//! What an access token opens: the account and its sessions.

mod account;
mod closing;
pub(super) mod password;

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    app::TestApp,
    oauth::{Login, sid},
    problem::assert_problem,
    site::assert_fields,
    verifier::part,
};

async fn sessions(app: &TestApp, token: &str) -> Vec<Value> {
    let response = app.bearer(Method::GET, "/me/sessions", token).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["next_cursor"], Value::Null);
    body["items"].as_array().unwrap().clone()
}

/// Two logins of one user.
async fn two_logins(app: &TestApp) -> [Login; 2] {
    let password = app.register_ada().await;
    let log_in = async || Login::of(app.log_in("ada", &password).await).await;
    [log_in().await, log_in().await]
}

#[tokio::test]
async fn me_is_the_account_behind_the_token() {
    let app = TestApp::start().await;
    let registered = app.register("Ada").await;
    app.clock.advance(Duration::from_secs(5));
    let password = registered["password"].as_str().unwrap();
    let login = Login::of(app.log_in("ada", password).await).await;
    let response = app.me(&login.access).await;
    assert_eq!(response.status(), StatusCode::OK);
    let me: Value = response.json().await.unwrap();
    let expected = json!({
        "id": part(&login.access, 1)["sub"],
        "username": "Ada",
        "email": "Ada@example.com",
        "display_name": null,
        "status": "active",
        "roles": [],
        "created": "2026-01-01T00:00:00+00:00",
        "last_login": "2026-01-01T00:00:05+00:00",
    });
    assert_eq!(me, expected);
}

#[tokio::test]
async fn sessions_are_listed_latest_begun_first_and_a_use_shows_after_its_window() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let log_in = async |agent: &str| {
        let body = json!({ "username": "ada", "password": password });
        let request = app.client.post(app.url("/auth")).json(&body);
        let request = request.header("user-agent", agent);
        app.clock.advance(Duration::from_secs(1));
        Login::of(request.send().await.unwrap()).await
    };
    let (first, second) = (log_in("one").await, log_in("two").await);
    app.clock.advance(Duration::from_secs(1));
    let third = log_in("three").await;
    app.clock.advance(Duration::from_secs(1));
    app.refreshed(&first.refresh).await;
    let item = |login: &Login, created, last_used, user_agent, current| {
        json!({
            "id": sid(&login.access),
            "created": created,
            "last_used": last_used,
            "address": "127.0.0.1",
            "user_agent": user_agent,
            "current": current,
        })
    };
    let at = |second| format!("2026-01-01T00:00:0{second}+00:00");
    for (passed, last_used) in [(10, 1), (1, 5)] {
        app.clock.advance(Duration::from_secs(passed));
        let expected = [
            item(&third, at(4), at(4), Some("three"), false),
            item(&second, at(2), at(2), Some("two"), true),
            // It was refreshed by a program that does not say what it is.
            item(&first, at(1), at(last_used), None, false),
        ];
        assert_eq!(sessions(&app, &second.access).await, expected);
    }
}

#[tokio::test]
async fn only_live_sessions_of_the_user_are_listed() {
    let app = TestApp::builder()
        .set("SIGNET_SESSION_IDLE_TTL", "1h")
        .start()
        .await;
    let password = app.register_ada().await;
    app.log_in("ada", &password).await;
    app.login_of("eve").await;
    app.pass(Duration::from_hours(1)).await;
    let login = Login::of(app.log_in("ada", &password).await).await;
    let listed = sessions(&app, &login.access).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["id"], sid(&login.access));
}

#[tokio::test]
async fn a_user_ends_another_of_their_sessions() {
    let app = TestApp::start().await;
    let [one, other] = two_logins(&app).await;
    let path = format!("/me/sessions/{}", sid(&other.access));
    let response = app.bearer(Method::DELETE, &path, &one.access).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    app.assert_over(&other).await;
    let again = app.bearer(Method::DELETE, &path, &one.access).await;
    assert_problem(again, StatusCode::NOT_FOUND, "not_found").await;
    app.assert_live(&one).await;
}

#[tokio::test]
async fn a_user_may_end_the_session_that_they_use() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let path = format!("/me/sessions/{}", sid(&login.access));
    let response = app.bearer(Method::DELETE, &path, &login.access).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    app.assert_over(&login).await;
}

#[tokio::test]
async fn another_users_session_is_not_found_and_goes_on() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let eve = app.login_of("eve").await;
    let path = format!("/me/sessions/{}", sid(&ada.access));
    let response = app.bearer(Method::DELETE, &path, &eve.access).await;
    let theirs = assert_problem(response, StatusCode::NOT_FOUND, "not_found").await;
    let path = format!("/me/sessions/{}", Uuid::nil());
    let response = app.bearer(Method::DELETE, &path, &eve.access).await;
    let nobodys = assert_problem(response, StatusCode::NOT_FOUND, "not_found").await;
    assert_eq!(theirs["detail"], nobodys["detail"]);
    app.assert_live(&ada).await;
}

#[tokio::test]
async fn what_is_no_session_id_is_not_found() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    for id in ["1", "%00", "..%2f..", "current"] {
        let path = format!("/me/sessions/{id}");
        let response = app.bearer(Method::DELETE, &path, &login.access).await;
        assert_problem(response, StatusCode::NOT_FOUND, "not_found").await;
    }
}

#[tokio::test]
async fn logging_out_ends_this_session_only() {
    let app = TestApp::start().await;
    let [one, other] = two_logins(&app).await;
    let response = app.bearer(Method::POST, "/logout", &one.access).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    app.assert_over(&one).await;
    app.assert_live(&other).await;
}

#[tokio::test]
async fn logging_out_everywhere_ends_all_sessions_of_this_user_only() {
    let app = TestApp::start().await;
    let [one, other] = two_logins(&app).await;
    let eve = app.login_of("eve").await;
    let response = app.bearer(Method::POST, "/logout/all", &one.access).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    app.assert_over(&one).await;
    app.assert_over(&other).await;
    app.assert_live(&eve).await;
}

#[tokio::test]
async fn sessions_are_listed_in_pages() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let mut begun = Vec::new();
    for _ in 0..5 {
        app.clock.advance(Duration::from_secs(1));
        let login = Login::of(app.log_in("ada", &password).await).await;
        begun.insert(0, login);
    }
    app.login_of("eve").await;
    let token = &begun[0].access;
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/me/sessions?limit=2{cursor}");
        let response = app.bearer(Method::GET, &path, token).await;
        let page: Value = response.json().await.unwrap();
        let items = page["items"].as_array().unwrap().iter();
        pages.push(items.map(|item| item["id"].clone()).collect::<Vec<_>>());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let ids: Vec<_> = begun
        .iter()
        .map(|login| json!(sid(&login.access)))
        .collect();
    assert_eq!(pages, ids.chunks(2).map(<[_]>::to_vec).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_takes_a_limit_of_1_to_100_and_only_its_own_cursors() {
    let app = TestApp::start().await;
    let token = app.ada().await.access;
    for list in ["/me/sessions", "/me/auth-events"] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=x", "limit"),
            ("cursor=!", "cursor"),
            ("cursor=eC4x", "cursor"),
        ] {
            let path = format!("{list}?{query}");
            let response = app.bearer(Method::GET, &path, &token).await;
            assert_fields(response, &[field]).await;
        }
    }
}
