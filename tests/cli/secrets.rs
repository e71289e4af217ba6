mod everything;
mod tls_key;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use super::users;
use crate::support::process::{MASTER_KEY, RunningServer, signet};

#[tokio::test]
async fn the_most_talkative_log_holds_no_password_token_or_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LOG", "trace");
    let server = RunningServer::start(&mut command);
    let ada = server.register("ada").await.unwrap();
    let password = ada["password"].as_str().unwrap();
    let login = server.log_in("ada", password).await.unwrap();
    let token = login["access_token"].as_str().unwrap();
    server.log_in("ada", "a-wrong-password").await.unwrap_err();
    server
        .log_in("a-name-nobody-has", "another-wrong-password")
        .await
        .unwrap_err();
    let (_, log) = server.stop();
    assert!(log.contains("/auth"), "the log tells of the requests");
    for secret in [
        password,
        token,
        token.rsplit('.').next().unwrap(),
        MASTER_KEY,
        "a-wrong-password",
        "another-wrong-password",
        "a-name-nobody-has",
        "argon2id$",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}

async fn send(
    server: &RunningServer,
    (method, path): (Method, &str),
    token: &str,
    body: &Value,
) -> Response {
    let request = Client::new().request(method, server.url(path));
    let request = request.bearer_auth(token).json(body);
    request.send().await.unwrap()
}

async fn token(server: &RunningServer, name: &str, password: &str) -> String {
    let login = server.log_in(name, password).await.unwrap();
    login["access_token"].as_str().unwrap().to_owned()
}

/// Asserts the status and answers a member of the body.
async fn member(response: Response, status: u16, name: &str) -> String {
    assert_eq!(response.status(), status);
    let body: Value = response.json().await.unwrap();
    body[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn nor_does_it_hold_what_people_choose_or_admins_hand_out() {
    let dir = users::migrated();
    let root = users::create(dir.path(), "root", &["--role", "admin"]);
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LOG", "trace")
        .env("SIGNET_REGISTRATION", "invite");
    let server = RunningServer::start(&mut command);
    let handed = root["password"].as_str().unwrap();
    let admin = token(&server, "root", handed).await;

    let asked = json!({ "password": "asked about only once" });
    let rated = send(&server, (Method::POST, "/password/strength"), "", &asked).await;
    assert_eq!(rated.status(), 200);
    let made = send(
        &server,
        (Method::POST, "/admin/invites"),
        &admin,
        &json!({}),
    )
    .await;
    let invite = member(made, 201, "invite").await;
    let mut ada = json!({
        "username": "ada",
        "email": "ada@example.com",
        "password": "password1234",
        "invite": invite,
    });
    let weak = send(&server, (Method::POST, "/register"), "", &ada).await;
    assert_eq!(weak.status(), 400);
    ada["password"] = json!("plum tiger kettle");
    let registered = send(&server, (Method::POST, "/register"), "", &ada).await;
    let id = member(registered, 201, "id").await;
    let access = token(&server, "ada", "plum tiger kettle").await;
    for (current, new, status) in [
        ("a wrong current one", "kettle tiger plum", 403),
        ("plum tiger kettle", "kettle tiger plum", 204),
    ] {
        let body = json!({ "current_password": current, "new_password": new });
        let changed = send(&server, (Method::POST, "/me/password"), &access, &body).await;
        assert_eq!(changed.status(), status);
    }
    let path = format!("/admin/users/{id}/password-reset");
    let reset = send(&server, (Method::POST, &path), &admin, &Value::Null).await;
    let reset = member(reset, 200, "password").await;
    let access = token(&server, "ada", &reset).await;
    let body = json!({ "password": reset });
    let closed = send(&server, (Method::DELETE, "/me"), &access, &body).await;
    assert_eq!(closed.status(), 204);

    let (_, log) = server.stop();
    assert!(
        log.contains("/me/password"),
        "the log tells of the requests"
    );
    for secret in [
        handed,
        &admin,
        &invite,
        &reset,
        &access,
        "asked about only once",
        "password1234",
        "plum tiger kettle",
        "kettle tiger plum",
        "a wrong current one",
        "argon2id$",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[test]
fn settings_hide_the_passwords_of_urls_from_debug_output() {
    let mut sources = signet::config::Sources::default();
    for (name, url) in [
        (
            "SIGNET_DATABASE_URL",
            "postgres://ada:s3cret@db.example/signet",
        ),
        ("SIGNET_LIMITER_URL", "redis://ada:s3cret@redis.example"),
    ] {
        sources.environment.insert(name.to_owned(), url.to_owned());
    }
    sources
        .flags
        .insert("database_url", "postgres://x:s3cret@y/z".to_owned());
    let shown = format!("{sources:?} {:?}", sources.read().unwrap());
    assert!(shown.contains("SIGNET_DATABASE_URL"), "{shown}");
    assert!(shown.contains("redis.example"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
