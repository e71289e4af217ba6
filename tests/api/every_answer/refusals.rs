//! Requests that nobody may send, or nobody can read, or that come too often or too late.

use std::io;

use futures_util::{future::join_all, stream};
use reqwest::{Body, Method};
use serde_json::json;

use super::{Answers, NOTHING, unlimited};
use crate::support::{
    app::{TestApp, TestAppBuilder},
    operations::Operation,
    site::Site,
};

const FORM: &str = "application/x-www-form-urlencoded";

/// Asks for an operation with a body of any kind, as the admin where that is wanted.
async fn send(site: &Site, operation: &Operation, kind: &str, body: String) {
    let request = site
        .app
        .client
        .request(operation.method.clone(), site.app.url(&operation.path));
    let request = request.bearer_auth(&site.admin.access);
    request
        .header("content-type", kind)
        .body(body)
        .send()
        .await
        .unwrap();
}

pub(super) async fn of_what_is_sent_wrongly() -> Answers {
    let site = Site::on(unlimited()).await;
    let app = &site.app;
    let client = app.service_client("billing", "", &[]).await;
    let service = app.client_token(&client).await;
    let ada = app.ada().await;
    for operation in app.every_operation().await {
        let Operation { method, path, .. } = &operation;
        let ask = async |path: &str, token: &str| {
            app.bearer(method.clone(), path, token).await;
        };
        let large = " ".repeat(16 * 1024 + 1);
        send(&site, &operation, operation.kind_of_body(), large).await;
        if operation.takes_a_body() {
            send(&site, &operation, "text/plain", "{}".to_owned()).await;
            send(
                &site,
                &operation,
                operation.kind_of_body(),
                r#"{"a":1}"#.to_owned(),
            )
            .await;
        } else if operation.takes_queries() {
            ask(&operation.path_with_junk(), &site.admin.access).await;
        }
        if operation.wants_a_token() {
            ask(path, "nobody's").await;
            ask(path, &service).await;
            let request = app.client.request(method.clone(), app.url(path));
            request.send().await.unwrap();
        }
        if operation.is_for_admins() {
            ask(path, &ada.access).await;
        }
        if path.contains(NOTHING) {
            send(&site, &operation, "application/json", "{}".to_owned()).await;
        }
        if operation.kind_of_body() == FORM {
            let form = "token=x&grant_type=client_credentials&client_id=x&client_secret=x";
            send(&site, &operation, FORM, form.to_owned()).await;
        }
    }
    app.log_in("nobody", "wrong").await;
    app.refresh("nobody's").await;
    app.post_form("/token", &[("grant_type", "password")]).await;
    let too_much = [("grant_type", "client_credentials"), ("scope", "all")];
    app.post_form_as(&client, "/token", &too_much).await;
    let other = app.service_client("orders", "", &[]).await;
    app.post_form_as(&other, "/revoke", &[("token", &service)])
        .await;
    app.witness.answers()
}

pub(super) async fn of_who_may_not_register() -> Answers {
    let mut given = Answers::new();
    for mode in ["closed", "invite"] {
        let app = unlimited().set("SIGNET_REGISTRATION", mode).start().await;
        let mut eve = json!({ "username": "eve", "email": "eve@example.com" });
        app.post("/register", &eve).await;
        eve["invite"] = "nobody's".into();
        app.post("/register", &eve).await;
        given.extend(app.witness.answers());
    }
    given
}

/// Of passwords, until there are too many.
pub(super) async fn of_guesses() -> Answers {
    let app = unlimited().start().await;
    let ada = app.ada().await;
    for _ in 0..7 {
        let guess = json!({ "password": "wrong" });
        app.bearer_json(Method::DELETE, "/me", &ada.access, &guess)
            .await;
        let guess = json!({ "current_password": "wrong", "new_password": "plum tiger kettle" });
        app.bearer_json(Method::POST, "/me/password", &ada.access, &guess)
            .await;
        app.log_in("ada", "wrong").await;
    }
    app.witness.answers()
}

pub(super) async fn of_what_comes_too_often() -> Answers {
    let limits = [
        "AUTH",
        "REGISTER",
        "PASSWORD_STRENGTH",
        "ACCOUNT",
        "TOKEN",
        "REVOKE",
        "INTROSPECT",
    ];
    let set =
        |builder: TestAppBuilder, limit| builder.set(&format!("SIGNET_{limit}_RATE_LIMIT"), "1/1s");
    let app = limits
        .into_iter()
        .fold(TestApp::builder(), set)
        .start()
        .await;
    for operation in app.every_operation().await {
        for _ in 0..2 {
            let request = app
                .client
                .request(operation.method.clone(), app.url(&operation.path));
            request.send().await.unwrap();
        }
    }
    app.witness.answers()
}

/// Of bodies that never end.
pub(super) async fn of_what_comes_too_late() -> Answers {
    let site = Site::on(unlimited().set("SIGNET_REQUEST_TIMEOUT", "1s")).await;
    let operations = site.app.every_operation().await;
    let bodies = operations.iter().filter(|one| one.takes_a_body());
    let asked = bodies.map(|operation| {
        let url = site.app.url(&operation.path);
        let request = site.app.client.request(operation.method.clone(), url);
        let request = request.bearer_auth(&site.admin.access);
        let request = request.header("content-type", operation.kind_of_body());
        let endless = Body::wrap_stream(stream::pending::<io::Result<String>>());
        request.body(endless).send()
    });
    for answer in join_all(asked).await {
        assert_eq!(answer.unwrap().status(), 408);
    }
    site.app.witness.answers()
}
