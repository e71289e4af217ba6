//! Making, reading, changing and deleting accounts.

use std::fmt::Write;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    oauth::Login,
    problem::assert_problem,
    site::{Site, assert_fields},
};

#[tokio::test]
async fn a_made_account_reads_back_and_its_password_logs_in() {
    let site = Site::start().await;
    let body = json!({
        "username": "Ada",
        "email": "Ada@example.com",
        "display_name": "Ada Lövelace",
        "roles": ["editor", "author", "editor"],
    });
    let response = site.post("/admin/users", &body).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let made: Value = response.json().await.unwrap();
    assert_eq!(made["username"], "Ada");
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "username": "Ada",
        "email": "Ada@example.com",
        "display_name": "Ada Lövelace",
        "status": "active",
        "roles": ["author", "editor"],
        "created": "2026-01-01T00:00:00+00:00",
        "last_login": null,
    });
    assert_eq!(site.read(&format!("/admin/users/{id}")).await, expected);
    let login = site
        .app
        .log_in("ada", made["password"].as_str().unwrap())
        .await;
    assert_eq!(login.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_id_may_come_percent_encoded_or_in_upper_case() {
    let site = Site::start().await;
    let ada = site.make("ada", &[]).await;
    let encoded = ada.id.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    });
    for id in [encoded, ada.id.to_uppercase()] {
        let read = site.read(&format!("/admin/users/{id}")).await;
        assert_eq!(read["id"], ada.id.as_str());
    }
}

#[tokio::test]
async fn each_field_of_a_new_account_is_checked() {
    let site = Site::start().await;
    let long = "x".repeat(129);
    let roles = ["r"];
    for (field, value) in [
        ("username", json!("ad")),
        ("username", json!("a da")),
        ("username", json!(7)),
        ("username", Value::Null),
        ("email", json!("nobody")),
        ("email", json!("a@b.example\r\nx: y")),
        ("display_name", json!("")),
        ("display_name", json!(long)),
        ("display_name", json!("a\u{0}b")),
        ("roles", json!("admin")),
        ("roles", json!([1])),
        ("roles", json!(["a b"])),
        ("roles", json!([""])),
        (
            "roles",
            json!((0..33).map(|n| format!("r{n}")).collect::<Vec<_>>()),
        ),
        ("status", json!("active")),
        ("password", json!("chosen")),
    ] {
        let mut body = json!({ "username": "ada", "email": "a@example.com", "roles": roles });
        body[field] = value;
        assert_fields(site.post("/admin/users", &body).await, &[field]).await;
    }
    assert_eq!(site.column("/admin/users", "username").await, ["root"]);
}

#[tokio::test]
async fn a_taken_name_or_address_is_told_apart_whatever_its_case() {
    let site = Site::start().await;
    site.make("ada", &[]).await;
    for (username, email, code) in [
        ("ADA", "other@example.com", "username_taken"),
        ("other", "ADA@EXAMPLE.COM", "email_taken"),
    ] {
        let body = json!({ "username": username, "email": email });
        let response = site.post("/admin/users", &body).await;
        assert_problem(response, StatusCode::CONFLICT, code).await;
    }
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name() {
    let site = Site::start().await;
    let ada = site.make("ada", &["editor"]).await;
    let mut expected = site.read(&format!("/admin/users/{}", ada.id)).await;
    for (field, value) in [
        ("display_name", json!("Ada")),
        ("email", json!("Countess@example.com")),
        ("roles", json!(["admin", "author"])),
        ("status", json!("disabled")),
        ("display_name", Value::Null),
        ("roles", json!([])),
        ("status", json!("active")),
    ] {
        let response = site.change(&ada.id, &json!({ field: value })).await;
        assert_eq!(response.status(), StatusCode::OK);
        expected[field] = value;
        assert_eq!(response.json::<Value>().await.unwrap(), expected);
    }
    let unchanged = site.change(&ada.id, &json!({})).await;
    assert_eq!(unchanged.json::<Value>().await.unwrap(), expected);
}

#[tokio::test]
async fn each_field_of_a_change_is_checked_and_nothing_done() {
    let site = Site::start().await;
    let ada = site.make("ada", &["editor"]).await;
    let path = format!("/admin/users/{}", ada.id);
    let before = site.read(&path).await;
    for (field, value) in [
        ("status", json!("gone")),
        ("status", json!(true)),
        ("roles", json!(["no spaces"])),
        ("roles", json!("admin")),
        ("display_name", json!("")),
        ("display_name", json!(7)),
        ("email", json!("nobody")),
        ("username", json!("countess")),
    ] {
        let body = json!({ "display_name": "Ada", field: value });
        assert_fields(site.change(&ada.id, &body).await, &[field]).await;
    }
    assert_eq!(site.read(&path).await, before);
}

#[tokio::test]
async fn an_address_that_another_account_has_is_taken() {
    let site = Site::start().await;
    let ada = site.make("ada", &[]).await;
    let taken = json!({ "email": "ROOT@example.com" });
    let response = site.change(&ada.id, &taken).await;
    assert_problem(response, StatusCode::CONFLICT, "email_taken").await;
    let own = json!({ "email": "ADA@example.com" });
    assert_eq!(site.change(&ada.id, &own).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn disabling_logs_out_at_once_and_enabling_lets_in_again() {
    let site = Site::start().await;
    let (ada, login) = site.login_of("ada", &[]).await;
    site.change(&ada.id, &json!({ "status": "disabled" })).await;
    site.app.assert_over(&login).await;
    let response = site.app.log_in("ada", &ada.password).await;
    assert_problem(response, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    site.change(&ada.id, &json!({ "status": "active" })).await;
    site.app.assert_over(&login).await;
    let again = Login::of(site.app.log_in("ada", &ada.password).await).await;
    site.app.assert_live(&again).await;
}

#[tokio::test]
async fn null_is_no_status() {
    let site = Site::start().await;
    let ada = site.make("ada", &[]).await;
    let response = site.change(&ada.id, &json!({ "status": null })).await;
    assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
}

#[tokio::test]
async fn a_deleted_account_is_gone_with_its_sessions_and_its_name_is_free() {
    let site = Site::start().await;
    let (ada, login) = site.login_of("ada", &[]).await;
    let path = format!("/admin/users/{}", ada.id);
    assert_eq!(site.delete(&path).await, StatusCode::NO_CONTENT);
    site.app.assert_over(&login).await;
    let again = site.ask(Method::DELETE, &path).await;
    assert_problem(again, StatusCode::NOT_FOUND, "not_found").await;
    let namesake = site.make("ada", &[]).await;
    assert_ne!(namesake.id, ada.id);
    site.app.assert_over(&login).await;
}

#[tokio::test]
async fn a_reset_password_is_shown_once_and_ends_all_sessions() {
    let site = Site::start().await;
    let (ada, login) = site.login_of("ada", &[]).await;
    let path = format!("/admin/users/{}/password-reset", ada.id);
    let response = site.ask(Method::POST, &path).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1);
    site.app.assert_over(&login).await;
    let old = site.app.log_in("ada", &ada.password).await;
    assert_problem(old, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    let new = site
        .app
        .log_in("ada", body["password"].as_str().unwrap())
        .await;
    assert_eq!(new.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_admin_may_reset_their_own_password_and_is_logged_out_too() {
    let site = Site::start().await;
    let path = format!("/admin/users/{}/password-reset", site.admin_id());
    assert_eq!(site.ask(Method::POST, &path).await.status(), StatusCode::OK);
    site.app.assert_over(&site.admin).await;
}
