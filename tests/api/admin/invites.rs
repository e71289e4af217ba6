use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    problem::assert_problem,
    site::{Site, assert_fields},
};

async fn make(site: &Site, body: &Value) -> Value {
    let response = site.post("/admin/invites", body).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.json().await.unwrap()
}

#[tokio::test]
async fn an_invite_is_shown_once_and_listed_without_its_code() {
    let site = Site::start().await;
    let made = make(&site, &json!({})).await;
    let code = made["invite"].as_str().unwrap();
    assert!(code.len() >= 22, "it cannot be guessed");
    let listed = site.read("/admin/invites").await;
    assert!(!listed.to_string().contains(code));
    let expected = json!({
        "id": made["id"],
        "created": "2026-01-01T00:00:00+00:00",
        "created_by": site.admin_id(),
        "expires": "2026-01-08T00:00:00+00:00",
        "used": null,
        "used_by": null,
    });
    assert_eq!(listed["items"], json!([expected]));
}

#[tokio::test]
async fn its_lifetime_is_a_second_to_ninety_days() {
    let site = Site::start().await;
    for (seconds, expires) in [
        (1, "2026-01-01T00:00:01+00:00"),
        (7_776_000, "2026-04-01T00:00:00+00:00"),
    ] {
        let made = make(&site, &json!({ "expires_in": seconds })).await;
        assert_eq!(made["expires"], expires);
    }
    for value in [
        json!(0),
        json!(7_776_001),
        json!(-1),
        json!(1.5),
        json!("60"),
    ] {
        let response = site
            .post("/admin/invites", &json!({ "expires_in": value }))
            .await;
        assert_fields(response, &["expires_in"]).await;
    }
}

#[tokio::test]
async fn invites_are_listed_in_pages_the_latest_first_until_they_are_deleted() {
    let site = Site::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        site.app.clock.advance(Duration::from_secs(1));
        let made = make(&site, &json!({})).await;
        ids.insert(0, made["id"].as_str().unwrap().to_owned());
    }
    let pages = site.pages("/admin/invites", "id", 2).await;
    assert_eq!(pages, [ids[..2].to_vec(), ids[2..].to_vec()]);
    let path = format!("/admin/invites/{}", ids[1]);
    assert_eq!(site.delete(&path).await, StatusCode::NO_CONTENT);
    let again = site.ask(Method::DELETE, &path).await;
    assert_problem(again, StatusCode::NOT_FOUND, "not_found").await;
    let left = site.column("/admin/invites", "id").await;
    assert_eq!(left, [&*ids[0], &*ids[2]]);
}
