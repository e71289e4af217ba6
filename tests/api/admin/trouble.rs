//! What operations of admins answer when what they need is in trouble.

use std::{net::SocketAddr, sync::Arc};

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use signet::app::Ports;

use crate::support::{
    down::{HasherInTrouble, Trouble, with_stores_in},
    fixtures::a_hash,
    operations::Operation,
    problem::assert_problem,
    site::Site,
};

/// A body that an operation takes.
fn body_of(operation: &Operation) -> Value {
    match operation.description["operationId"].as_str().unwrap() {
        "createUser" => json!({ "username": "grace", "email": "grace@example.com" }),
        "createClient" => json!({ "name": "billing" }),
        "updateUser" => json!({ "display_name": "Grace" }),
        _ => json!({}),
    }
}

/// The admin's request of a server beside the site's own.
async fn ask(site: &Site, server: SocketAddr, operation: &Operation, path: &str) -> Response {
    let url = format!("http://{server}{path}");
    let request = site.app.client.request(operation.method.clone(), url);
    let request = request.bearer_auth(&site.admin.access);
    let request = if operation.takes_a_body() {
        request.json(&body_of(operation))
    } else {
        request
    };
    request.send().await.unwrap()
}

/// Every 503 says when to ask again, and every status is documented.
async fn assert_trouble(response: Response, operation: &Operation, status: u16, code: &str) {
    let retry_after = response.headers().get("retry-after").cloned();
    assert_eq!(retry_after.is_some(), status == 503);
    let documented = &operation.description["responses"][status.to_string()];
    assert!(!documented.is_null(), "{} {status}", operation.path);
    let status = StatusCode::from_u16(status).unwrap();
    let problem = assert_problem(response, status, code).await;
    let told = problem.to_string();
    assert!(!told.contains("as a test wants it"), "{told}");
}

#[tokio::test]
async fn every_operation_whose_store_is_in_trouble_tells_of_which_kind() {
    let site = Site::start().await;
    for (trouble, status, code) in [
        (Trouble::Unavailable, 503, "unavailable"),
        (Trouble::Corrupt, 500, "internal_error"),
    ] {
        let ports = with_stores_in(trouble, &site.app.ports);
        let server = site.app.beside(&ports).await;
        for operation in site.operations().await {
            let response = ask(&site, server, &operation, &operation.path).await;
            assert_trouble(response, &operation, status, code).await;
        }
    }
}

#[tokio::test]
async fn what_makes_a_password_tells_when_a_busy_hasher_is_free_again_and_when_one_fails() {
    let site = Site::start().await;
    let made = site.make("ada", &[]).await;
    let before = site.events("").await;
    for (busy, status, code) in [(true, 503, "busy"), (false, 500, "internal_error")] {
        let decoy = a_hash();
        let ports = Ports {
            hasher: Arc::new(HasherInTrouble { busy, decoy }),
            ..site.app.ports.clone()
        };
        let server = site.app.beside(&ports).await;
        let mut met = 0;
        for operation in site.operations().await {
            let name = operation.description["operationId"].as_str().unwrap();
            if !["createUser", "resetPassword"].contains(&name) {
                continue;
            }
            met += 1;
            let nothing = "00000000-0000-0000-0000-000000000000";
            let path = operation.path.replace(nothing, &made.id);
            let response = ask(&site, server, &operation, &path).await;
            if busy {
                // 2.5 s, in whole ones.
                assert_eq!(response.headers()["retry-after"], "3");
            }
            assert_trouble(response, &operation, status, code).await;
        }
        assert_eq!(met, 2);
    }
    assert_eq!(site.events("").await, before);
    // The password is what it was.
    let login = site.app.log_in("ada", &made.password).await;
    assert_eq!(login.status(), StatusCode::OK);
}
