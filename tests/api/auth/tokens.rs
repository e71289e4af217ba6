//! What an access token says, and how it verifies.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use signet::ports::Clock;
use uuid::Uuid;

use super::access_token;
use crate::support::{
    app::TestApp,
    verifier::{part, verify},
};

#[tokio::test]
async fn a_server_that_is_told_another_algorithm_signs_with_it() {
    for algorithm in ["PS256", "ES256", "EdDSA"] {
        let app = TestApp::builder()
            .set("SIGNET_SIGNING_ALGORITHM", algorithm)
            .start()
            .await;
        let token = access_token(&app).await;
        let jwks = app.key_set().await;
        assert_eq!(jwks["keys"][0]["alg"], algorithm);
        let verified = verify(&token, &jwks, app.clock.now()).unwrap();
        assert_eq!(verified.header["alg"], algorithm);
    }
}

#[tokio::test]
async fn the_token_verifies_through_the_key_set() {
    let app = TestApp::start().await;
    let token = access_token(&app).await;
    let verified = verify(&token, &app.key_set().await, app.clock.now()).unwrap();
    assert_eq!(verified.header["typ"], "at+jwt");
    assert_eq!(verified.header["alg"], "RS256");
    let issuer = format!("http://{}", app.address);
    let now = app.clock.now().timestamp();
    let claims = &verified.claims;
    assert_eq!(claims["iss"], issuer.as_str());
    assert_eq!(claims["aud"], issuer.as_str());
    assert_eq!(claims["client_id"], "signet");
    assert_eq!(claims["preferred_username"], "ada");
    assert_eq!(claims["iat"], now);
    assert_eq!(claims["auth_time"], now);
    assert_eq!(claims["exp"], now + 900);
    let ids = app.database.rows("SELECT id FROM users").await;
    assert_eq!(claims["sub"], ids[0][0].as_str());
    assert!(claims["jti"].as_str().unwrap().parse::<Uuid>().is_ok());
    assert!(claims["sid"].as_str().unwrap().parse::<Uuid>().is_ok());
    assert_eq!(claims["roles"], json!([]));
    assert_eq!(claims.as_object().unwrap().len(), 11);
}

#[tokio::test]
async fn an_expired_or_altered_token_does_not_verify() {
    let app = TestApp::start().await;
    let token = access_token(&app).await;
    let keys = app.key_set().await;
    let later = app.clock.now() + Duration::from_secs(901);
    assert!(verify(&token, &keys, later).is_none());
    let mut claims = part(&token, 1);
    claims["sub"] = json!("00000000-0000-4000-8000-000000000000");
    let parts: Vec<_> = token.split('.').collect();
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    let altered = [parts[0], &claims, parts[2]].join(".");
    assert!(verify(&altered, &keys, app.clock.now()).is_none());
}

#[tokio::test]
async fn two_logins_get_tokens_of_different_ids() {
    let app = TestApp::start().await;
    let password = app.register_ada().await;
    let mut ids = BTreeSet::new();
    for _ in 0..3 {
        let body: Value = app.log_in("ada", &password).await.json().await.unwrap();
        let claims = part(body["access_token"].as_str().unwrap(), 1);
        ids.insert(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn issuer_audience_client_and_lifetime_are_configuration() {
    let app = TestApp::builder()
        .set("SIGNET_ISSUER", "https://auth.example")
        .set("SIGNET_AUDIENCE", "https://a.example, https://b.example")
        .set("SIGNET_CLIENT_ID", "web")
        .set("SIGNET_ACCESS_TOKEN_TTL", "1h")
        .start()
        .await;
    let claims = part(&access_token(&app).await, 1);
    assert_eq!(claims["iss"], "https://auth.example");
    assert_eq!(
        claims["aud"],
        json!(["https://a.example", "https://b.example"])
    );
    assert_eq!(claims["client_id"], "web");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
}
