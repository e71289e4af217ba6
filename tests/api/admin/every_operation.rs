//! What all operations of admins refuse alike, by the API's description.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    operations::Operation,
    problem::assert_problem,
    site::{Site, assert_fields},
};

/// A request of the admin with a body of any kind.
async fn send(site: &Site, operation: &Operation, kind: &str, body: String) -> Response {
    let (method, url) = (operation.method.clone(), site.app.url(&operation.path));
    let request = site.app.client.request(method, url);
    let request = request.bearer_auth(&site.admin.access);
    let request = request.header("content-type", kind).body(body);
    request.send().await.unwrap()
}

#[tokio::test]
async fn no_body_is_too_large_not_even_one_that_nobody_reads() {
    let site = Site::start().await;
    for operation in site.operations().await {
        let large = " ".repeat(16 * 1024 + 1);
        let refused = send(&site, &operation, "application/json", large).await;
        assert_problem(refused, StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large").await;
    }
}

#[tokio::test]
async fn a_body_is_json_of_the_documented_fields() {
    let site = Site::start().await;
    let mut bodies = 0;
    for operation in site.operations().await {
        if !operation.takes_a_body() {
            continue;
        }
        bodies += 1;
        let send = |kind, body| send(&site, &operation, kind, body);
        let plain = send("text/plain", "{}".to_owned()).await;
        let code = "unsupported_media_type";
        assert_problem(plain, StatusCode::UNSUPPORTED_MEDIA_TYPE, code).await;
        for body in ["[]", "{", "\"x\"", r#"{"a":1,"a":1}"#] {
            let response = send("application/json", body.to_owned()).await;
            assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        }
        let unknown = send("application/json", json!({ "nonsense": 1 }).to_string()).await;
        let problem = assert_problem(unknown, StatusCode::BAD_REQUEST, "invalid_request").await;
        let errors = problem["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["field"] == "nonsense"));
    }
    assert_eq!(bodies, 5);
}

#[tokio::test]
async fn every_list_takes_a_limit_of_1_to_100_and_only_its_own_cursors() {
    let site = Site::start().await;
    let mut lists = 0;
    for operation in site.operations().await {
        let Operation { method, path, .. } = &operation;
        if *method != Method::GET || !operation.takes("cursor") {
            continue;
        }
        lists += 1;
        for limit in ["0", "101", "-1", "x", "4294967297"] {
            let response = site
                .ask(Method::GET, &format!("{path}?limit={limit}"))
                .await;
            assert_fields(response, &["limit"]).await;
        }
        // "x.1", a date that no calendar has, and what is no base64url.
        for cursor in ["eC4x", "OTIyMzM3MjAzNjg1NDc3NTgwNy4x", "%00", "!"] {
            let response = site
                .ask(Method::GET, &format!("{path}?cursor={cursor}"))
                .await;
            let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request");
            let problem = problem.await;
            assert_eq!(problem["errors"][0]["field"], "cursor", "{path} {cursor}");
        }
        if !path.contains("0000") {
            for limit in [1, 100] {
                let page = site.read(&format!("{path}?limit={limit}")).await;
                let members: Vec<_> = page.as_object().unwrap().keys().collect();
                assert_eq!(members, ["items", "next_cursor"]);
            }
        }
    }
    assert_eq!(lists, 7);
}

#[tokio::test]
async fn what_has_no_such_id_is_not_found_and_leaves_no_event() {
    let site = Site::start().await;
    let before = site.events("").await;
    let nothing = "00000000-0000-0000-0000-000000000000";
    let mut items = 0;
    for operation in site.operations().await {
        if !operation.path.contains(nothing) {
            continue;
        }
        items += 1;
        for id in [nothing, "1", "%00", "..%2f..", "%C3%A9", "a%20b"] {
            let path = operation.path.replace(nothing, id);
            let response = if operation.takes_a_body() {
                site.send(operation.method.clone(), &path, &json!({})).await
            } else {
                site.ask(operation.method.clone(), &path).await
            };
            assert_problem(response, StatusCode::NOT_FOUND, "not_found").await;
        }
        assert!(!operation.description["responses"]["404"].is_null());
    }
    assert_eq!(items, 9);
    assert_eq!(site.events("").await, before);
}

#[tokio::test]
async fn without_storage_every_operation_is_a_503() {
    let site = Site::start().await;
    let away = "ALTER TABLE sessions RENAME TO gone";
    site.app.database.execute(away).await;
    for operation in site.operations().await {
        let response = site.ask(operation.method, &operation.path).await;
        assert!(response.headers().contains_key("retry-after"));
        assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let site = Site::start().await;
    for (method, path, allow) in [
        (Method::PUT, "/admin/users", "GET, HEAD, POST"),
        (Method::PUT, "/admin/users/1", "DELETE, GET, HEAD, PATCH"),
        (Method::GET, "/admin/keys/rotate", "POST"),
        (Method::GET, "/admin/keys/x", "DELETE"),
        (Method::DELETE, "/admin/audit-events", "GET, HEAD"),
    ] {
        let response = site.ask(method, path).await;
        assert_eq!(response.headers()["allow"], allow, "{path}");
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let problem: Value = assert_problem(response, status, "method_not_allowed").await;
        assert_eq!(problem["errors"], Value::Null);
    }
}
