//! Who may administer the server. The operations are those of the API's
//! description, so that none is forgotten.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{
    draft::Draft,
    problem::{SESSION_OVER, assert_invalid_token, assert_problem, challenge},
    site::{Site, sub},
};

/// Asserts that the token is refused everywhere as one that opens nothing here.
async fn forbidden_everywhere(site: &Site, token: &str, code: &str) {
    for operation in site.operations().await {
        let response = site.app.bearer(operation.method, &operation.path, token);
        let response = response.await;
        let expected = "Bearer realm=\"signet\", error=\"insufficient_scope\"";
        assert_eq!(challenge(&response), expected, "{}", operation.path);
        assert_problem(response, StatusCode::FORBIDDEN, code).await;
    }
}

async fn invalid_everywhere(site: &Site, token: &str, reason: &str) {
    for operation in site.operations().await {
        let response = site.app.bearer(operation.method, &operation.path, token);
        assert_invalid_token(response.await, reason).await;
    }
}

/// What the log holds does not grow by what is refused.
async fn count(site: &Site) -> usize {
    site.events("").await.len()
}

#[tokio::test]
async fn without_a_token_nothing_is_asked_of_the_request() {
    let site = Site::start().await;
    let before = count(&site).await;
    for operation in site.operations().await {
        let url = site.app.url(&operation.path);
        let request = site.app.client.request(operation.method, url);
        let response = request.send().await.unwrap();
        assert_eq!(challenge(&response), "Bearer realm=\"signet\"");
        assert_problem(response, StatusCode::UNAUTHORIZED, "unauthorized").await;
    }
    assert_eq!(count(&site).await, before);
}

#[tokio::test]
async fn a_user_without_the_role_is_forbidden_whatever_else_they_are() {
    let site = Site::start().await;
    let (_, login) = site.login_of("eve", &["Admin", "admins", "root"]).await;
    let before = count(&site).await;
    forbidden_everywhere(&site, &login.access, "not_an_admin").await;
    assert_eq!(count(&site).await, before);
}

#[tokio::test]
async fn a_user_without_the_role_does_not_learn_what_parameters_are_wrong() {
    let site = Site::start().await;
    let (_, login) = site.login_of("eve", &[]).await;
    for operation in site.operations().await {
        let url = site.app.url(&operation.path_with_junk());
        let request = site.app.client.request(operation.method.clone(), url);
        let request = request.bearer_auth(&login.access).body("junk");
        let response = request.send().await.unwrap();
        assert_problem(response, StatusCode::FORBIDDEN, "not_an_admin").await;
    }
}

#[tokio::test]
async fn a_user_without_the_role_does_not_reach_their_own_account() {
    let site = Site::start().await;
    let (eve, login) = site.login_of("eve", &[]).await;
    let path = format!("/admin/users/{}", eve.id);
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::GET, format!("{path}/sessions")),
        (Method::DELETE, format!("{path}/sessions")),
        (Method::POST, format!("{path}/password-reset")),
    ] {
        let response = site.app.bearer(method, &path, &login.access).await;
        assert_problem(response, StatusCode::FORBIDDEN, "not_an_admin").await;
    }
    site.app.assert_live(&login).await;
}

#[tokio::test]
async fn a_demoted_admins_token_opens_nothing_although_it_tells_the_role() {
    let site = Site::start().await;
    let (eve, login) = site.login_of("eve", &["admin"]).await;
    let token = login.access;
    let response = site.app.bearer(Method::GET, "/admin/users", &token).await;
    assert_eq!(response.status(), StatusCode::OK);
    let changed = site.change(&eve.id, &json!({ "roles": [] })).await;
    assert_eq!(changed.status(), StatusCode::OK);
    forbidden_everywhere(&site, &token, "not_an_admin").await;
}

#[tokio::test]
async fn a_promotion_counts_at_once_for_a_token_from_before() {
    let site = Site::start().await;
    let (eve, login) = site.login_of("eve", &[]).await;
    let ask = || site.app.bearer(Method::GET, "/admin/users", &login.access);
    assert_eq!(ask().await.status(), StatusCode::FORBIDDEN);
    site.change(&eve.id, &json!({ "roles": ["admin"] })).await;
    assert_eq!(ask().await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_disabled_admin_is_refused_everywhere() {
    let site = Site::start().await;
    let (eve, login) = site.login_of("eve", &["admin"]).await;
    site.change(&eve.id, &json!({ "status": "disabled" })).await;
    invalid_everywhere(&site, &login.access, SESSION_OVER).await;
}

#[tokio::test]
async fn a_deleted_admin_is_refused_everywhere() {
    let site = Site::start().await;
    let (eve, login) = site.login_of("eve", &["admin"]).await;
    let path = format!("/admin/users/{}", eve.id);
    assert_eq!(site.delete(&path).await, StatusCode::NO_CONTENT);
    invalid_everywhere(&site, &login.access, SESSION_OVER).await;
}

#[tokio::test]
async fn an_admins_expired_or_revoked_token_is_refused_everywhere() {
    let site = Site::start().await;
    let draft = Draft::of(&site.admin.access);
    let iat = draft.claims["iat"].clone();
    let expired = draft.claim("exp", iat).signed();
    invalid_everywhere(&site, &expired, "the token has expired").await;
    let (_, login) = site.login_of("eve", &["admin"]).await;
    site.app.revoke(&login.refresh).await;
    invalid_everywhere(&site, &login.access, SESSION_OVER).await;
}

#[tokio::test]
async fn an_admins_refresh_token_is_refused_everywhere() {
    let site = Site::start().await;
    let reason = "the token is not a signed JWT";
    invalid_everywhere(&site, &site.admin.refresh, reason).await;
    site.app.assert_live(&site.admin).await;
}

#[tokio::test]
async fn a_service_client_is_forbidden_whatever_its_scopes() {
    let site = Site::start().await;
    let client = site.app.service_client("billing", "admin", &[]).await;
    let token = site.app.client_token(&client).await;
    assert_eq!(sub(&token), client.id);
    forbidden_everywhere(&site, &token, "not_a_user").await;
}
