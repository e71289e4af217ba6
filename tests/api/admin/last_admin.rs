//! Somebody can always administer the server.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    oauth::Login,
    problem::assert_problem,
    site::{Site, sub},
};

/// The ways to take the role or the account from someone: a change, or none to
/// delete it.
fn ways() -> [Option<Value>; 3] {
    [
        Some(json!({ "roles": ["editor"] })),
        Some(json!({ "status": "disabled" })),
        None,
    ]
}

/// `by` does it to the user.
async fn remove(site: &Site, by: &Login, id: &str, way: Option<&Value>) -> Response {
    let path = site.app.url(&format!("/admin/users/{id}"));
    let request = match way {
        Some(changes) => site.app.client.patch(path).json(changes),
        None => site.app.client.delete(path),
    };
    request.bearer_auth(&by.access).send().await.unwrap()
}

#[tokio::test]
async fn the_last_admin_stays_whatever_they_do_to_themselves() {
    let site = Site::start().await;
    // Others do not count: one is disabled, one has another role.
    let disabled = site.make("disabled", &["admin"]).await;
    site.change(&disabled.id, &json!({ "status": "disabled" }))
        .await;
    site.make("other", &["Admin"]).await;
    let before = site.events("").await;
    for way in ways() {
        let response = remove(&site, &site.admin, &site.admin_id(), way.as_ref()).await;
        assert_problem(response, StatusCode::CONFLICT, "last_admin").await;
    }
    assert_eq!(site.events("").await, before);
    let renamed = json!({ "roles": ["admin", "editor"], "display_name": "Root" });
    let response = site.change(&site.admin_id(), &renamed).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_admin_who_is_not_the_last_may_go() {
    for way in ways() {
        let site = Site::start().await;
        site.make("other", &["admin"]).await;
        let response = remove(&site, &site.admin, &site.admin_id(), way.as_ref()).await;
        assert!(response.status().is_success());
        let response = site.ask(Method::GET, "/admin/users").await;
        assert!(response.status().is_client_error());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_admins_who_remove_each_other_at_once_one_stays() {
    for way in ways() {
        let site = Site::start().await;
        let (_, other) = site.login_of("other", &["admin"]).await;
        let (ours, theirs) = (site.admin_id(), sub(&other.access));
        let (a, b) = tokio::join!(
            remove(&site, &site.admin, &theirs, way.as_ref()),
            remove(&site, &other, &ours, way.as_ref()),
        );
        let done = [&a, &b].map(|response| response.status().is_success());
        assert_ne!(done[0], done[1], "{} {}", a.status(), b.status());
        let stays = if done[0] { &site.admin } else { &other };
        let list = "/admin/users?role=admin&status=active";
        let response = site.app.bearer(Method::GET, list, &stays.access).await;
        let admins: Value = response.json().await.unwrap();
        assert_eq!(admins["items"].as_array().unwrap().len(), 1);
        assert_eq!(admins["items"][0]["id"], sub(&stays.access));
    }
}
