use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    oauth::{ServiceClient, inactive},
    problem::{assert_oauth_error, assert_problem},
    site::{Site, assert_fields},
    verifier::part,
};

async fn make(site: &Site, body: &Value) -> ServiceClient {
    let response = site.post("/admin/clients", body).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let made: Value = response.json().await.unwrap();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    ServiceClient {
        id: text("client_id"),
        secret: text("client_secret"),
    }
}

#[tokio::test]
async fn a_made_client_gets_tokens_and_is_listed_without_its_secret() {
    let site = Site::start().await;
    let body = json!({ "name": "Billing", "scopes": ["write", "read"], "audience": ["api"] });
    let client = make(&site, &body).await;
    let token = site.app.client_token(&client).await;
    assert_eq!(part(&token, 1)["aud"], "api");
    let listed = site.read("/admin/clients").await;
    assert!(!listed.to_string().contains(&client.secret));
    let expected = json!({
        "client_id": client.id,
        "name": "Billing",
        "scopes": ["read", "write"],
        "audience": ["api"],
        "created": "2026-01-01T00:00:00+00:00",
    });
    assert_eq!(listed["items"], json!([expected]));
}

#[tokio::test]
async fn each_field_of_a_new_client_is_checked() {
    let site = Site::start().await;
    for (field, value) in [
        ("name", Value::Null),
        ("name", json!("")),
        ("name", json!("a b")),
        ("name", json!("x".repeat(65))),
        ("scopes", json!("read")),
        ("scopes", json!(["a b"])),
        ("scopes", json!([""])),
        ("scopes", json!(["\""])),
        ("audience", json!([""])),
        ("audience", json!(["x".repeat(257)])),
        ("audience", json!(vec!["x"; 9])),
        ("client_secret", json!("chosen")),
    ] {
        let mut body = json!({ "name": "billing" });
        body[field] = value;
        assert_fields(site.post("/admin/clients", &body).await, &[field]).await;
    }
    assert!(site.column("/admin/clients", "client_id").await.is_empty());
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case() {
    let site = Site::start().await;
    make(&site, &json!({ "name": "billing" })).await;
    let response = site
        .post("/admin/clients", &json!({ "name": "BILLING" }))
        .await;
    assert_problem(response, StatusCode::CONFLICT, "name_taken").await;
}

#[tokio::test]
async fn a_deleted_client_gets_no_tokens_and_those_that_it_has_are_not_active() {
    let site = Site::start().await;
    let client = make(&site, &json!({ "name": "billing" })).await;
    let other = make(&site, &json!({ "name": "other" })).await;
    let token = site.app.client_token(&client).await;
    assert_eq!(site.app.introspect(&other, &token).await["active"], true);
    let path = format!("/admin/clients/{}", client.id);
    assert_eq!(site.delete(&path).await, StatusCode::NO_CONTENT);
    assert_eq!(site.app.introspect(&other, &token).await, inactive());
    let form = [("grant_type", "client_credentials")];
    let refused = site.app.post_form_as(&client, "/token", &form).await;
    assert_oauth_error(refused, StatusCode::UNAUTHORIZED, "invalid_client").await;
    let again = site.ask(Method::DELETE, &path).await;
    assert_problem(again, StatusCode::NOT_FOUND, "not_found").await;
}

#[tokio::test]
async fn clients_are_listed_in_pages_the_latest_made_first() {
    let site = Site::start().await;
    for name in ["one", "two", "three"] {
        site.app.clock.advance(Duration::from_secs(1));
        make(&site, &json!({ "name": name })).await;
    }
    let pages = site.pages("/admin/clients", "name", 2).await;
    assert_eq!(pages, [vec!["three", "two"], vec!["one"]]);
}
