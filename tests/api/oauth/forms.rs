use reqwest::{Body, Method, Response, StatusCode};
use serde_json::Value;

use super::ENDPOINTS;
use crate::support::{app::TestApp, oauth::ServiceClient, problem::assert_oauth_error};

const FORM: &str = "application/x-www-form-urlencoded";

async fn start() -> (TestApp, ServiceClient) {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    (app, client)
}

/// Sends a body as a client that is known.
async fn post(
    (app, client): &(TestApp, ServiceClient),
    path: &str,
    content_type: Option<&str>,
    body: impl Into<Body>,
) -> Response {
    let mut request = app.client.post(app.url(path)).body(body);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    let request = request.basic_auth(&client.id, Some(&client.secret));
    request.send().await.unwrap()
}

async fn assert_refused(response: Response) -> String {
    assert_oauth_error(response, StatusCode::BAD_REQUEST, "invalid_request").await
}

#[tokio::test]
async fn a_form_is_read_whatever_the_case_and_parameters_of_its_type() {
    let server = start().await;
    for content_type in [
        FORM,
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded ;charset=utf-8",
    ] {
        for (path, form) in ENDPOINTS {
            let response = post(&server, path, Some(content_type), form).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_an_invalid_request() {
    let server = start().await;
    for content_type in [
        None,
        Some("application/json"),
        Some("text/plain"),
        Some("multipart/form-data; boundary=x"),
        Some("application/x-www-form-urlencodedx"),
        Some("nonsense"),
    ] {
        for (path, form) in ENDPOINTS {
            let response = post(&server, path, content_type, form).await;
            let description = assert_refused(response).await;
            assert_eq!(
                description,
                "the body must be application/x-www-form-urlencoded"
            );
        }
    }
}

#[tokio::test]
async fn json_in_the_name_of_a_form_lacks_its_parameters() {
    let server = start().await;
    let body = r#"{"grant_type":"client_credentials","token":"x"}"#;
    for (path, _) in ENDPOINTS {
        let description = assert_refused(post(&server, path, Some(FORM), body).await).await;
        assert!(description.ends_with(" is missing"), "{description}");
    }
}

#[tokio::test]
async fn an_empty_body_lacks_its_parameter() {
    let server = start().await;
    for (path, missing) in [
        ("/token", "grant_type is missing"),
        ("/revoke", "token is missing"),
        ("/introspect", "token is missing"),
    ] {
        for body in ["", "&&", "token=&grant_type=", "token&grant_type"] {
            let response = post(&server, path, Some(FORM), body).await;
            assert_eq!(assert_refused(response).await, missing);
        }
    }
}

#[tokio::test]
async fn what_is_not_percent_encoded_utf_8_is_refused() {
    let server = start().await;
    let bodies: [&[u8]; 8] = [
        b"token=%zz",
        b"token=%",
        b"token=%4",
        b"token=%+1",
        b"%zz=x",
        b"token=%ff",
        b"token=%c3%28",
        b"token=\xff",
    ];
    for body in bodies {
        for (path, form) in ENDPOINTS {
            let form = form.replace("token=nonsense", "a=b");
            let body = [form.as_bytes(), b"&", body].concat();
            let description = assert_refused(post(&server, path, Some(FORM), body).await).await;
            assert_eq!(description, "the body is not a form in UTF-8");
        }
    }
}

#[tokio::test]
async fn a_parameter_that_stands_twice_is_refused_even_where_nobody_reads_it() {
    let server = start().await;
    for twice in [
        "token=a&token=b",
        "token=a&token=a",
        "token=&token=",
        "tok%65n=a&token=b",
        "grant_type=a&grant_type=b",
        "other=1&other=2",
    ] {
        for (path, _) in ENDPOINTS {
            let response = post(&server, path, Some(FORM), twice).await;
            assert_eq!(assert_refused(response).await, "a parameter stands twice");
        }
    }
}

#[tokio::test]
async fn parameters_that_nobody_knows_are_ignored() {
    let server = start().await;
    for (path, form) in ENDPOINTS {
        let form = format!("{form}&resource=x&token_type_hint=nonsense&=");
        let response = post(&server, path, Some(FORM), form).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn empty_parameters_count_as_absent() {
    let server = start().await;
    for (path, form) in ENDPOINTS {
        let form = format!("{form}&client_id=&client_secret=&scope=&refresh_token=");
        let response = post(&server, path, Some(FORM), form).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_one() {
    let (app, _) = start().await;
    for (path, _) in ENDPOINTS {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = app.client.request(method, app.url(path));
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["allow"], "POST");
            let status = StatusCode::METHOD_NOT_ALLOWED;
            assert_oauth_error(response, status, "invalid_request").await;
        }
    }
}

#[tokio::test]
async fn a_body_of_16_kib_is_read_and_one_byte_more_is_a_413() {
    let server = start().await;
    for (path, form) in ENDPOINTS {
        let fill = |bytes: usize| format!("{form}&x={}", "x".repeat(bytes - form.len() - 3));
        let read = post(&server, path, Some(FORM), fill(16 * 1024)).await;
        assert_eq!(read.status(), StatusCode::OK);
        let refused = post(&server, path, Some(FORM), fill(16 * 1024 + 1)).await;
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        assert_oauth_error(refused, status, "invalid_request").await;
    }
}

#[tokio::test]
async fn a_token_of_a_megabyte_is_cut_off() {
    let server = start().await;
    for (path, form) in ENDPOINTS {
        let chunks = (0..1024).map(|_| Ok::<_, std::io::Error>("x".repeat(1024)));
        let start = std::iter::once(Ok(format!("{form}&refresh_token=")));
        let body = Body::wrap_stream(futures_util::stream::iter(start.chain(chunks)));
        let response = post(&server, path, Some(FORM), body).await;
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        assert_oauth_error(response, status, "invalid_request").await;
    }
}

#[tokio::test]
async fn refusals_carry_the_request_id_in_their_header_alone() {
    let (app, _) = start().await;
    let request = app.client.post(app.url("/token"));
    let request = request.header("x-request-id", "r1");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "r1");
    let body: Value = response.json().await.unwrap();
    assert!(!body.to_string().contains("r1"));
}
