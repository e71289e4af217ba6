use std::time::Duration;

use reqwest::StatusCode;
use signet::ports::Clock;
use tokio::task::JoinSet;

use crate::support::{
    app::TestApp,
    oauth::{Login, inactive},
    problem::assert_oauth_error,
    verifier::{part, verify},
};

#[tokio::test]
async fn a_refresh_gives_new_tokens_that_no_cache_keeps() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let response = app.refresh(&login.refresh).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["pragma"], "no-cache");
    let next = Login::of(response).await;
    assert_ne!(next.refresh, login.refresh);
    assert_eq!(part(&next.access, 1)["sid"], part(&login.access, 1)["sid"]);
}

#[tokio::test]
async fn a_refresh_costs_one_transaction_and_one_signature() {
    let app = TestApp::start().await;
    let mut login = app.ada().await;
    let key = app.keys.ring.published().unwrap().active.clone().unwrap();
    let cost = || (app.database.database.commits(), key.signatures());
    for _ in 0..3 {
        let (transactions, signatures) = cost();
        login = app.refreshed(&login.refresh).await;
        assert_eq!(cost(), (transactions + 1, signatures + 1));
    }
}

#[tokio::test]
async fn within_the_window_a_consumed_token_yields_the_current_one() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let second = Login::of(app.refresh(&login.refresh).await).await;
    let third = Login::of(app.refresh(&second.refresh).await).await;
    app.pass(Duration::from_secs(10)).await;
    let repeated = Login::of(app.refresh(&login.refresh).await).await;
    assert_eq!(repeated.refresh, third.refresh);
}

#[tokio::test]
async fn after_the_window_a_consumed_token_ends_the_session_and_is_logged() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let next = Login::of(app.refresh(&login.refresh).await).await;
    app.pass(Duration::from_secs(11)).await;
    for token in [&login.refresh, &next.refresh] {
        let response = app.refresh(token).await;
        assert_oauth_error(response, StatusCode::BAD_REQUEST, "invalid_grant").await;
    }
    let rows = "SELECT outcome, session_id FROM auth_logs WHERE outcome <> 'success'";
    let sid = part(&login.access, 1)["sid"].as_str().unwrap().to_owned();
    let expected = vec!["refresh_reuse".to_owned(), sid];
    assert_eq!(app.database.rows(rows).await, [expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_concurrent_refreshes_of_one_token_get_one_successor() {
    let app = TestApp::builder();
    let app = app.set("SIGNET_TOKEN_RATE_LIMIT", "off").start().await;
    let login = app.ada().await;
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let form = [
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", login.refresh.clone()),
        ];
        let request = app.client.post(app.url("/token")).form(&form);
        tasks.spawn(async move { Login::of(request.send().await.unwrap()).await.refresh });
    }
    let mut successors = tasks.join_all().await;
    successors.sort_unstable();
    successors.dedup();
    assert_eq!(successors.len(), 1);
    assert_ne!(successors[0], login.refresh);
}

#[tokio::test]
async fn a_service_clients_token_is_of_rfc_9068_and_verifies_through_the_key_set() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "read write", &[]).await;
    let form = [("grant_type", "client_credentials"), ("scope", "read")];
    let response = app.post_form_as(&client, "/token", &form).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["scope"], "read");
    assert!(body.get("refresh_token").is_none());
    let token = body["access_token"].as_str().unwrap();
    let verified = verify(token, &app.key_set().await, app.clock.now()).unwrap();
    assert_eq!(verified.header["typ"], "at+jwt");
    assert_eq!(verified.claims["sub"], client.id);
    assert_eq!(verified.claims["client_id"], client.id);
    assert!(verified.claims.get("sid").is_none());
}

#[tokio::test]
async fn a_scope_that_the_client_may_not_have_is_refused() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "read", &[]).await;
    for scope in ["write", "read write", "a\"b"] {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let response = app.post_form_as(&client, "/token", &form).await;
        assert_oauth_error(response, StatusCode::BAD_REQUEST, "invalid_scope").await;
    }
}

#[tokio::test]
async fn a_revoked_token_of_a_service_client_introspects_as_inactive_alone() {
    let app = TestApp::start().await;
    let client = app.service_client("billing", "", &[]).await;
    let form = [("grant_type", "client_credentials")];
    let response = app.post_form_as(&client, "/token", &form).await;
    let body: serde_json::Value = response.json().await.unwrap();
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(app.introspect(&client, token).await["active"], true);
    let refused = app.revoke(token).await;
    assert_oauth_error(refused, StatusCode::UNAUTHORIZED, "invalid_client").await;
    let form = [("token", token)];
    let revoked = app.post_form_as(&client, "/revoke", &form).await;
    assert_eq!(revoked.status(), StatusCode::OK);
    assert_eq!(app.introspect(&client, token).await, inactive());
}

#[tokio::test]
async fn tokens_of_an_ended_session_introspect_as_inactive_alone() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let client = app.service_client("billing", "", &[]).await;
    assert_eq!(
        app.introspect(&client, &login.access).await["username"],
        "ada"
    );
    assert_eq!(app.revoke(&login.refresh).await.status(), StatusCode::OK);
    for token in [&login.access, &login.refresh] {
        assert_eq!(app.introspect(&client, token).await, inactive());
    }
}
