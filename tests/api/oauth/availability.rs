use std::time::Duration;

use reqwest::{Response, StatusCode};

use crate::support::{app::TestApp, oauth::ServiceClient, problem::assert_oauth_error};

async fn assert_unavailable(response: Response) {
    assert_eq!(response.headers()["retry-after"], "5");
    let status = StatusCode::SERVICE_UNAVAILABLE;
    assert_oauth_error(response, status, "temporarily_unavailable").await;
}

async fn rename(app: &TestApp, table: &str, name: &str) {
    let sql = format!("ALTER TABLE {table} RENAME TO {name}");
    app.database.execute(&sql).await;
}

async fn client_credentials(app: &TestApp, client: &ServiceClient) -> Response {
    let form = [("grant_type", "client_credentials")];
    app.post_form_as(client, "/token", &form).await
}

#[tokio::test]
async fn without_storage_every_endpoint_is_a_503_that_asks_to_come_back() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let client = app.service_client("billing", "", &[]).await;
    rename(&app, "sessions", "sessions_away").await;
    assert_unavailable(app.refresh(&login.refresh).await).await;
    for token in [&login.access, &login.refresh] {
        let form = [("token", token.as_str())];
        assert_unavailable(app.revoke(token).await).await;
        assert_unavailable(app.post_form_as(&client, "/introspect", &form).await).await;
    }
    rename(&app, "clients", "clients_away").await;
    assert_unavailable(client_credentials(&app, &client).await).await;
    rename(&app, "clients_away", "clients").await;
    rename(&app, "sessions_away", "sessions").await;
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_client_whose_failure_cannot_be_logged_is_not_told_of_it() {
    let app = TestApp::start().await;
    let mut client = app.service_client("billing", "", &[]).await;
    client.secret.push('x');
    rename(&app, "auth_logs", "gone").await;
    assert_unavailable(client_credentials(&app, &client).await).await;
}

#[tokio::test]
async fn without_current_keys_nothing_is_signed_and_no_refresh_token_is_consumed() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let client = app.service_client("billing", "", &[]).await;
    app.clock.advance(Duration::from_secs(61));
    assert_unavailable(app.refresh(&login.refresh).await).await;
    assert_unavailable(client_credentials(&app, &client).await).await;
    // Had it been consumed, it would be too old by now.
    app.pass(Duration::from_secs(61)).await;
    app.assert_live(&login).await;
}

#[tokio::test]
async fn a_server_without_keys_answers_503() {
    let app = TestApp::builder().without_signing_keys().start().await;
    let token = format!("signet_rt_{}", "A".repeat(75));
    assert_unavailable(app.refresh(&token).await).await;
}

#[tokio::test]
async fn a_corrupt_row_is_a_500_that_tells_nothing_about_it() {
    let app = TestApp::start().await;
    let login = app.ada().await;
    let corrupt = "UPDATE sessions SET history = 'a secret detail'";
    app.database.execute(corrupt).await;
    let response = app.refresh(&login.refresh).await;
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let told = assert_oauth_error(response, status, "server_error").await;
    assert!(!told.contains("secret"));
}
