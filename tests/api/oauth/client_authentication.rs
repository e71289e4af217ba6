//! How service clients say who they are (RFC 6749 §2.3.1).

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Response, StatusCode};

use super::ENDPOINTS;
use crate::support::{
    app::TestApp,
    oauth::ServiceClient,
    problem::{assert_oauth_error, challenge},
};

const WRONG: &str = "the id or the secret of the client is wrong";

async fn start() -> (TestApp, ServiceClient) {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    (app, client)
}

/// Sends a form with these parameters more, and these Authorization headers.
async fn post(
    app: &TestApp,
    (path, form): (&str, &str),
    more: &str,
    authorization: &[&str],
) -> Response {
    let mut request = app
        .client
        .post(app.url(path))
        .body(format!("{form}&{more}"));
    request = request.header("content-type", "application/x-www-form-urlencoded");
    for value in authorization {
        request = request.header("authorization", *value);
    }
    request.send().await.unwrap()
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

/// Every byte percent-encoded.
fn encoded(text: &str) -> String {
    let escape = |byte| ["%".to_owned(), hex::encode([byte])].concat();
    text.bytes().map(escape).collect()
}

async fn assert_unauthorized(response: Response, description: &str) {
    let expected = "Basic realm=\"signet\", charset=\"UTF-8\"";
    assert_eq!(challenge(&response), expected);
    let status = StatusCode::UNAUTHORIZED;
    let told = assert_oauth_error(response, status, "invalid_client").await;
    assert_eq!(told, description);
}

/// Outcome and client of each failure in the auth log.
async fn failures(app: &TestApp) -> Vec<Vec<String>> {
    let sql = "SELECT outcome, client_id, user_id, session_id, request_ip FROM auth_logs";
    app.database.rows(sql).await
}

#[tokio::test]
async fn a_client_authenticates_by_basic_or_in_the_body() {
    let (app, client) = start().await;
    let ServiceClient { id, secret } = &client;
    let in_body = format!("client_id={id}&client_secret={secret}");
    let only_id = format!("client_id={id}");
    for endpoint in ENDPOINTS {
        for (more, authorization) in [
            ("", basic(id, secret)),
            ("", basic(id, secret).replace("Basic", "bAsIc")),
            ("", basic(&encoded(id), &encoded(secret))),
            (only_id.as_str(), basic(id, secret)),
        ] {
            let response = post(&app, endpoint, more, &[&authorization]).await;
            assert_eq!(response.status(), StatusCode::OK, "{endpoint:?}");
        }
        let response = post(&app, endpoint, &in_body, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{endpoint:?}");
    }
    assert!(failures(&app).await.is_empty());
}

#[tokio::test]
async fn a_client_that_authenticates_in_two_ways_is_refused() {
    let (app, client) = start().await;
    let ServiceClient { id, secret } = &client;
    let in_body = format!("client_id={id}&client_secret={secret}");
    let header = basic(id, secret);
    for endpoint in ENDPOINTS {
        let response = post(&app, endpoint, &in_body, &[&header]).await;
        let told = assert_oauth_error(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        assert_eq!(told, "a client authenticates in one way only");
    }
}

#[tokio::test]
async fn a_header_and_a_body_that_name_two_clients_are_refused() {
    let (app, client) = start().await;
    let header = basic(&client.id, &client.secret);
    for endpoint in ENDPOINTS {
        let response = post(&app, endpoint, "client_id=signet", &[&header]).await;
        let told = assert_oauth_error(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        assert_eq!(told, "two different clients are named");
    }
}

#[tokio::test]
async fn several_authorization_headers_are_refused() {
    let (app, client) = start().await;
    let header = basic(&client.id, &client.secret);
    for endpoint in ENDPOINTS {
        for second in [header.as_str(), "Basic YTpi", "Bearer x"] {
            let response = post(&app, endpoint, "", &[&header, second]).await;
            let status = StatusCode::BAD_REQUEST;
            let told = assert_oauth_error(response, status, "invalid_request").await;
            assert_eq!(told, "there are several Authorization headers");
        }
    }
}

#[tokio::test]
async fn a_secret_without_a_client_is_refused() {
    let (app, _) = start().await;
    for endpoint in ENDPOINTS {
        let response = post(&app, endpoint, "client_secret=x", &[]).await;
        let told = assert_oauth_error(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        assert_eq!(told, "client_secret needs a client_id");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_unauthorized_and_logged_with_its_client() {
    let (app, client) = start().await;
    let ServiceClient { id, secret } = &client;
    let longer = format!("{secret}A");
    let in_body = format!("client_id={id}&client_secret=wrong");
    for endpoint in ENDPOINTS {
        let response = post(&app, endpoint, "", &[&basic(id, &longer)]).await;
        assert_unauthorized(response, WRONG).await;
        assert_unauthorized(post(&app, endpoint, &in_body, &[]).await, WRONG).await;
    }
    let row = ["wrong_client_secret", id, "NULL", "NULL", "127.0.0.1"];
    assert_eq!(failures(&app).await, [row; 6]);
}

#[tokio::test]
async fn an_unknown_client_gets_the_same_answer_and_its_id_is_kept_nowhere() {
    let (app, client) = start().await;
    for endpoint in ENDPOINTS {
        for id in ["nobody", "b\u{e9}b\u{e9}", &"x".repeat(1000)] {
            let response = post(&app, endpoint, "", &[&basic(&encoded(id), &client.secret)]).await;
            assert_unauthorized(response, WRONG).await;
        }
    }
    let row = ["unknown_client", "NULL", "NULL", "NULL", "127.0.0.1"];
    assert_eq!(failures(&app).await, [row; 9]);
}

#[tokio::test]
async fn a_header_that_is_no_basic_one_is_unauthorized() {
    let (app, client) = start().await;
    let ServiceClient { id, secret } = &client;
    let no_utf8 = BASE64_STANDARD.encode(b"\xff:\xff");
    let no_colon = BASE64_STANDARD.encode(id);
    for header in [
        "Basic",
        "Basic ",
        "Basic *",
        "Bearer x",
        "nonsense",
        &format!("Basic {no_utf8}"),
        &format!("Basic {no_colon}"),
        &basic("%zz", secret),
        &basic(id, "%f"),
    ] {
        for endpoint in ENDPOINTS {
            let response = post(&app, endpoint, "", &[header]).await;
            let told = "the Authorization header is not a valid Basic one";
            assert_unauthorized(response, told).await;
        }
    }
    let row = ["unknown_client", "NULL", "NULL", "NULL", "127.0.0.1"];
    assert_eq!(failures(&app).await, [row; 27]);
}

#[tokio::test]
async fn a_client_without_its_secret_is_unauthorized_and_logged() {
    let (app, client) = start().await;
    let only_id = format!("client_id={}", client.id);
    let no_secret = basic(&client.id, "");
    for endpoint in ENDPOINTS {
        let told = "the client must send its secret";
        assert_unauthorized(post(&app, endpoint, &only_id, &[]).await, told).await;
        assert_unauthorized(post(&app, endpoint, "", &[&no_secret]).await, told).await;
    }
    let row = [
        "wrong_client_secret",
        &client.id,
        "NULL",
        "NULL",
        "127.0.0.1",
    ];
    assert_eq!(failures(&app).await, [row; 6]);
}

#[tokio::test]
async fn what_wants_a_client_tells_whoever_is_none_to_authenticate() {
    let (app, _) = start().await;
    for endpoint in [ENDPOINTS[0], ENDPOINTS[2]] {
        let response = post(&app, endpoint, "", &[]).await;
        assert_unauthorized(response, "the client must authenticate").await;
    }
    // Who did not try did not fail.
    assert!(failures(&app).await.is_empty());
}

#[tokio::test]
async fn the_first_party_client_is_no_service_client() {
    let (app, _) = start().await;
    for endpoint in [ENDPOINTS[0], ENDPOINTS[2]] {
        let response = post(&app, endpoint, "client_id=signet", &[]).await;
        assert_unauthorized(response, "the client must send its secret").await;
        let response = post(&app, endpoint, "", &[&basic("signet", "x")]).await;
        assert_unauthorized(response, WRONG).await;
    }
}
