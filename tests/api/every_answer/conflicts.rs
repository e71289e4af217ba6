//! What does not go together with what is there already.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use signet::{crypto::MasterKeys, usecases::Initiator};

use super::{Answers, unlimited};
use crate::{
    api::{
        admin::keys::{AHEAD, in_state},
        me::password::gated,
    },
    support::{
        fixtures::{another_master_key, master_key},
        oauth::Login,
        site::Site,
    },
};

pub(super) async fn given() -> Answers {
    let site = Site::on(unlimited()).await;
    let app = &site.app;
    let root = format!("/admin/users/{}", site.admin_id());
    site.delete(&root).await;
    site.change(&site.admin_id(), &json!({ "roles": [] })).await;
    let password = app.register_ada().await;
    for name in ["ada", "eve"] {
        let taken = json!({ "username": name, "email": "ada@example.com" });
        app.post("/register", &taken).await;
        site.post("/admin/users", &taken).await;
    }
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
    let of_races = &of_a_race().await | &of_an_account_that_changes().await;
    &(&site.app.witness.answers() | &of_races) | &of_keys().await
}

async fn of_keys() -> Answers {
    let site = Site::on(unlimited()).await;
    let next = in_state(&site, "next").await;
    site.delete(&format!("/admin/keys/{next}?state=active"))
        .await;
    site.app.pass(AHEAD).await;
    let both = MasterKeys::new(another_master_key(), vec![master_key()]);
    let rewrap = site.app.ports.rewrap_keys(&Arc::new(both));
    rewrap.run(&Initiator::command_line()).await.unwrap();
    site.ask(Method::POST, "/admin/keys/rotate").await;
    site.delete(&format!("/admin/keys/{next}")).await;
    site.app.witness.answers()
}

/// Its password is another one once the one that was given is checked.
async fn of_an_account_that_changes() -> Answers {
    let (app, hasher, password, login) = gated().await;
    app.register("bob").await;
    let body = json!({ "password": password });
    let close = app.bearer_json(Method::DELETE, "/me", &login.access, &body);
    let changed = async {
        hasher.entered().await;
        let sql = "UPDATE users SET password_hash = \
                   (SELECT password_hash FROM users WHERE username = 'bob')";
        app.database.execute(sql).await;
        hasher.open();
    };
    tokio::join!(close, changed);
    app.witness.answers()
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
