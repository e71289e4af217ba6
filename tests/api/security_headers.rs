use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, Response, StatusCode};
use sha2::{Digest, Sha256};

use crate::support::app::TestApp;

const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let mut values = response.headers().get_all(name).iter();
    let value = values.next().unwrap_or_else(|| panic!("{name} is missing"));
    assert!(values.next().is_none(), "{name} stands twice");
    value.to_str().unwrap()
}

async fn answers(app: &TestApp) -> Vec<(StatusCode, Response)> {
    let mut answers = Vec::new();
    for (method, path, status) in [
        (Method::GET, "/health/live", StatusCode::OK),
        (Method::GET, "/.well-known/jwks.json", StatusCode::OK),
        (Method::HEAD, "/.well-known/jwks.json", StatusCode::OK),
        (Method::GET, "/openapi.json", StatusCode::OK),
        (Method::GET, "/docs", StatusCode::OK),
        (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
        (Method::GET, "/auth", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/me", StatusCode::UNAUTHORIZED),
        (Method::POST, "/token", StatusCode::BAD_REQUEST),
    ] {
        let request = app.client.request(method, app.url(path));
        answers.push((status, request.send().await.unwrap()));
    }
    answers
}

#[tokio::test]
async fn every_answer_has_the_security_headers_once() {
    let app = TestApp::start().await;
    for (status, answer) in answers(&app).await {
        assert_eq!(answer.status(), status, "{}", answer.url());
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        header(&answer, "cross-origin-resource-policy");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.ends_with("; frame-ancestors 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn an_answer_of_the_api_may_load_nothing() {
    let app = TestApp::start().await;
    for path in ["/health/live", "/.well-known/jwks.json", "/nowhere"] {
        let answer = app.get(path).send().await.unwrap();
        assert_eq!(header(&answer, "content-security-policy"), API_POLICY);
    }
}

#[tokio::test]
async fn only_what_is_public_may_be_embedded_by_other_origins() {
    let app = TestApp::start().await;
    for (path, policy) in [
        ("/.well-known/jwks.json", "cross-origin"),
        ("/.well-known/oauth-authorization-server", "cross-origin"),
        ("/openapi.json", "same-origin"),
        ("/me", "same-origin"),
    ] {
        let answer = app.get(path).send().await.unwrap();
        assert_eq!(header(&answer, "cross-origin-resource-policy"), policy);
    }
}

#[tokio::test]
async fn the_docs_may_run_their_own_scripts_alone() {
    let app = TestApp::start().await;
    let answer = app.get("/docs").send().await.unwrap();
    let policy = header(&answer, "content-security-policy").to_owned();
    let html = answer.text().await.unwrap();
    let directive = |name: &str| {
        let mut directives = policy.split("; ").map(|text| text.split_once(' ').unwrap());
        directives.find(|(own, _)| *own == name).unwrap().1
    };
    // The bundle, and the call that starts it.
    assert_eq!(directive("script-src").split(' ').count(), 2);
    let (_, last) = html.rsplit_once("<script>").unwrap();
    let (last, _) = last.split_once("</script>").unwrap();
    let digest = BASE64_STANDARD.encode(Sha256::digest(last));
    assert!(directive("script-src").ends_with(&format!(" 'sha256-{digest}'")));
    assert_eq!(directive("connect-src"), "'self'");
    assert_eq!(policy.matches("unsafe-").count(), 1);
    assert_eq!(directive("style-src-attr"), "'unsafe-inline'");
    assert!(!policy.contains("http") && !policy.contains('*'));
}
