use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::app::TestApp;

const PATH: &str = "/.well-known/oauth-authorization-server";

async fn metadata(app: &TestApp) -> Value {
    let response = app.get(PATH).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test]
async fn it_says_what_is_offered_and_claims_no_openid_connect() {
    let app = TestApp::start().await;
    let secret = ["client_secret_basic", "client_secret_post"];
    let secret_or_none = ["client_secret_basic", "client_secret_post", "none"];
    let expected = json!({
        "issuer": app.url(""),
        "token_endpoint": app.url("/token"),
        "token_endpoint_auth_methods_supported": secret_or_none,
        "grant_types_supported": ["refresh_token", "client_credentials"],
        "response_types_supported": [],
        "jwks_uri": app.url("/.well-known/jwks.json"),
        "revocation_endpoint": app.url("/revoke"),
        "revocation_endpoint_auth_methods_supported": secret_or_none,
        "introspection_endpoint": app.url("/introspect"),
        "introspection_endpoint_auth_methods_supported": secret,
        "service_documentation": app.url("/docs"),
    });
    assert_eq!(metadata(&app).await, expected);
    let openid = app.get("/.well-known/openid-configuration").send().await;
    assert_eq!(openid.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_url_in_it_answers() {
    let app = TestApp::start().await;
    for (name, url) in metadata(&app).await.as_object().unwrap() {
        let (method, status) = match name.as_str() {
            "jwks_uri" | "service_documentation" => (Method::GET, StatusCode::OK),
            name if name.ends_with("_endpoint") => (Method::POST, StatusCode::BAD_REQUEST),
            _ => continue,
        };
        let request = app.client.request(method, url.as_str().unwrap());
        assert_eq!(request.send().await.unwrap().status(), status, "{name}");
    }
}

#[tokio::test]
async fn each_grant_in_it_is_supported_and_no_other() {
    let app = TestApp::start().await;
    let offered = metadata(&app).await["grant_types_supported"].clone();
    for grant in [
        "refresh_token",
        "client_credentials",
        "password",
        "authorization_code",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ] {
        let response = app.post_form("/token", &[("grant_type", grant)]).await;
        let body: Value = response.json().await.unwrap();
        let supported = body["error"] != "unsupported_grant_type";
        let is_offered = offered.as_array().unwrap().contains(&json!(grant));
        assert_eq!(supported, is_offered, "{grant}");
    }
}

#[tokio::test]
async fn the_issuer_is_the_one_of_the_tokens() {
    for issuer in ["https://auth.example", "https://example.com/auth/"] {
        let app = TestApp::builder().set("SIGNET_ISSUER", issuer).start();
        let metadata = metadata(&app.await).await;
        assert_eq!(metadata["issuer"], issuer);
        let token = format!("{}/token", issuer.trim_end_matches('/'));
        assert_eq!(metadata["token_endpoint"], token);
    }
}

#[tokio::test]
async fn anyone_may_read_it_and_keep_it_for_a_while() {
    let app = TestApp::start().await;
    let response = app.get(PATH).send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "application/json; charset=utf-8"
    );
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}
