//! What works.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{Answers, NOTHING, unlimited};
use crate::{
    api::admin::keys::{AHEAD, in_state},
    support::{oauth::Login, site::Site},
};

async fn json_of(response: Response) -> Value {
    response.json().await.unwrap()
}

pub(super) async fn given() -> Answers {
    let site = Site::on(unlimited()).await;
    let app = &site.app;
    for operation in app.operations().await {
        if operation.method == Method::GET && !operation.path.contains(NOTHING) {
            site.ask(Method::GET, &operation.path).await;
        }
    }
    for path in [
        "/.well-known/oauth-authorization-server",
        "/health/live",
        "/health/ready",
    ] {
        app.get(path).send().await.unwrap();
    }
    let keys = app.get("/.well-known/jwks.json").send().await.unwrap();
    let known = keys.headers()["etag"].clone();
    let again = app
        .get("/.well-known/jwks.json")
        .header("if-none-match", known);
    again.send().await.unwrap();
    app.post("/password/strength", &json!({ "password": "plum" }))
        .await;
    let client = app.service_client("reports", "", &[]).await;
    app.introspect(&client, &site.admin.access).await;
    of_accounts(&site).await;
    of_admins(&site).await;
    of_keys(&site).await;
    site.app.witness.answers()
}

async fn of_accounts(site: &Site) {
    let app = &site.app;
    let password = app.register_ada().await;
    let logins = async || Login::of(app.log_in("ada", &password).await).await;
    let (first, second) = (logins().await, logins().await);
    app.revoke(&first.refresh).await;
    app.bearer(Method::POST, "/logout", &second.access).await;
    let login = app.refreshed(&logins().await.refresh).await;
    let sessions = app.bearer(Method::GET, "/me/sessions", &login.access).await;
    let id = json_of(sessions).await["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let send = async |method, path: &str, body: &Value| {
        let token = logins().await.access;
        app.bearer_json(method, path, &token, body).await
    };
    let path = format!("/me/sessions/{id}");
    app.bearer(Method::DELETE, &path, &login.access).await;
    send(Method::POST, "/logout/all", &json!({})).await;
    send(Method::PATCH, "/me", &json!({ "display_name": "Ada" })).await;
    let change = json!({ "current_password": password, "new_password": password });
    send(Method::POST, "/me/password", &change).await;
    send(Method::DELETE, "/me", &json!({ "password": password })).await;
}

async fn of_admins(site: &Site) {
    let grace = site.make("grace", &[]).await.id;
    let path = format!("/admin/users/{grace}");
    site.read(&path).await;
    site.change(&grace, &json!({ "display_name": "Grace" }))
        .await;
    site.ask(Method::POST, &format!("{path}/password-reset"))
        .await;
    site.read(&format!("{path}/sessions")).await;
    site.delete(&format!("{path}/sessions")).await;
    site.delete(&path).await;
    let invite = json_of(site.post("/admin/invites", &json!({})).await).await;
    let id = invite["id"].as_str().unwrap();
    site.delete(&format!("/admin/invites/{id}")).await;
    let client = json_of(
        site.post("/admin/clients", &json!({ "name": "billing" }))
            .await,
    )
    .await;
    let id = client["client_id"].as_str().unwrap();
    site.delete(&format!("/admin/clients/{id}")).await;
}

async fn of_keys(site: &Site) {
    site.ask(Method::POST, "/admin/keys/rotate").await;
    site.app.pass(AHEAD).await;
    site.ask(Method::POST, "/admin/keys/rotate").await;
    let next = in_state(site, "next").await;
    for _ in 0..2 {
        site.delete(&format!("/admin/keys/{next}")).await;
    }
}
