//! What does not go together with what is there already.

use reqwest::Method;
use serde_json::json;

use super::{Answers, unlimited};
use crate::{
    api::me::password::gated,
    support::{oauth::Login, site::Site},
};

pub(super) async fn given() -> Answers {
    let site = Site::on(unlimited()).await;
    let app = &site.app;
    let root = format!("/admin/users/{}", site.admin_id());
    site.delete(&root).await;
    let password = app.register_ada().await;
    let taken = json!({ "username": "ada", "email": "ada@example.com" });
    app.post("/register", &taken).await;
    site.post("/admin/users", &taken).await;
    for _ in 0..2 {
        site.post("/admin/clients", &json!({ "name": "billing" }))
            .await;
    }
    let email = json!({ "email": "ada@example.com" });
    site.change(&site.admin_id(), &email).await;
    site.send(Method::PATCH, "/me", &email).await;
    let login = Login::of(app.log_in("ada", &password).await).await;
    // Ada alone is left, and an admin.
    app.database
        .execute("DELETE FROM users WHERE username <> 'ada'")
        .await;
    app.database
        .execute("UPDATE users SET roles = 'admin'")
        .await;
    let close = json!({ "password": password });
    app.bearer_json(Method::DELETE, "/me", &login.access, &close)
        .await;
    &site.app.witness.answers() | &of_a_race().await
}

/// Of two changes of a password at once, one comes too late.
async fn of_a_race() -> Answers {
    let (app, hasher, password, login) = gated().await;
    let body = json!({ "current_password": password, "new_password": "plum tiger kettle" });
    let change = || app.bearer_json(Method::POST, "/me/password", &login.access, &body);
    let both_checked = async {
        for _ in 0..2 {
            hasher.entered().await;
        }
        hasher.open();
        hasher.open();
    };
    tokio::join!(change(), change(), both_checked);
    app.witness.answers()
}
