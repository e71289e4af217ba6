use reqwest::{Response, StatusCode};
use serde_json::Value;

/// Asserts that the answer is a problem of this status and code, complete and
/// consistent, and returns its body.
pub async fn assert_problem(response: Response, status: StatusCode, code: &str) -> Value {
    assert_eq!(response.status(), status);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/problem+json");
    let request_id = header("x-request-id");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["type"], "about:blank");
    assert_eq!(body["title"], status.canonical_reason().unwrap());
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(body["request_id"], request_id);
    body
}

/// Asserts that the answer is a refusal in the form of RFC 6749 §5.2, and
/// returns its description.
pub async fn assert_oauth_error(response: Response, status: StatusCode, error: &str) -> String {
    assert_eq!(response.status(), status);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("pragma"), "no-cache");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"], error, "{body}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    let description = body["error_description"].as_str().unwrap();
    assert!(!description.is_empty());
    description.to_owned()
}

pub const SESSION_OVER: &str = "the token's session is over";

pub fn challenge(response: &Response) -> String {
    let challenge = &response.headers()["www-authenticate"];
    challenge.to_str().unwrap().to_owned()
}

/// Asserts that an access token is refused for this reason, in the header
/// (RFC 6750 §3) as in the body.
pub async fn assert_invalid_token(response: Response, reason: &str) {
    let expected =
        format!("Bearer realm=\"signet\", error=\"invalid_token\", error_description=\"{reason}\"");
    assert_eq!(challenge(&response), expected);
    let problem = assert_problem(response, StatusCode::UNAUTHORIZED, "invalid_token").await;
    assert_eq!(problem["detail"], reason);
}
