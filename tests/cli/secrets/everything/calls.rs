//! Calls of every operation, with right and wrong secrets.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::unwanted::Secrets;
use crate::support::process::RunningServer;

/// Calls operations and keeps count.
pub struct Run<'a> {
    pub server: &'a RunningServer,
    pub called: BTreeSet<(String, String)>,
}

impl Run<'_> {
    /// Answers the body of an answer that has one of these statuses.
    pub async fn call(
        &mut self,
        (method, template): (Method, &str),
        id: &str,
        statuses: &[u16],
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        self.called
            .insert((method.to_string(), template.to_owned()));
        let path = template.replace("{id}", id).replace("{kid}", id);
        let request = Client::new().request(method, self.server.url(&path));
        let response = with(request).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert!(statuses.contains(&status), "{template}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub async fn json(
        &mut self,
        method: Method,
        template: &str,
        status: u16,
        body: &Value,
    ) -> Value {
        let operation = (method, template);
        self.call(operation, "", &[status], |it| it.json(body))
            .await
    }

    pub async fn form(&mut self, template: &str, statuses: &[u16], form: &[(&str, &str)]) -> Value {
        let operation = (Method::POST, template);
        self.call(operation, "", statuses, |it| it.form(form)).await
    }

    pub async fn log_in(&mut self, secrets: &mut Secrets, name: &str, password: &str) -> String {
        let body = json!({ "username": name, "password": password });
        let login = self.json(Method::POST, "/auth", 200, &body).await;
        secrets.take(&login, "refresh_token");
        secrets.take(&login, "access_token")
    }
}

/// What users do.
pub async fn use_as_users(run: &mut Run<'_>, secrets: &mut Secrets, root: &str, admin: &str) {
    let post = Method::POST;
    let wrong = secrets.add("a-wrong-password-of-someone");
    for (name, status) in [("root", 401), ("nobody", 401), (wrong.as_str(), 401)] {
        let body = json!({ "username": name, "password": wrong });
        run.json(post.clone(), "/auth", status, &body).await;
    }
    let asked = json!({ "password": secrets.add("asked about only once") });
    run.json(post.clone(), "/password/strength", 200, &asked)
        .await;

    let invite = run
        .call((post.clone(), "/admin/invites"), "", &[201], |it| {
            it.bearer_auth(admin).json(&json!({}))
        })
        .await;
    let code = secrets.take(&invite, "invite");
    let chosen = secrets.add("plum tiger kettle");
    let mut ada = json!({
        "username": "ada",
        "email": "ada@example.com",
        "password": chosen,
        "invite": secrets.add("an-invite-that-nobody-made"),
    });
    run.json(post.clone(), "/register", 403, &ada).await;
    ada["invite"] = json!(code);
    ada["password"] = json!(secrets.add("password1234"));
    run.json(post.clone(), "/register", 400, &ada).await;
    ada["password"] = json!(chosen);
    run.json(post.clone(), "/register", 201, &ada).await;

    let access = run.log_in(secrets, "ada", &chosen).await;
    run.json(post.clone(), "/auth", 400, &json!({ "password": [chosen] }))
        .await;
    run.call((post.clone(), "/auth"), "", &[400], |it| {
        let body = format!("{{\"username\":\"ada\",\"password\":\"{chosen}\"");
        it.header("content-type", "application/json").body(body)
    })
    .await;
    let changed = secrets.add("kettle tiger plum");
    for (current, status) in [(&wrong, 403), (&chosen, 204)] {
        let body = json!({ "current_password": current, "new_password": changed });
        run.call((post.clone(), "/me/password"), "", &[status], |it| {
            it.bearer_auth(&access).json(&body)
        })
        .await;
    }
    run.call((Method::PATCH, "/me"), "", &[200], |it| {
        it.bearer_auth(&access)
            .json(&json!({ "display_name": "Ada" }))
    })
    .await;
    for template in ["/me", "/me/sessions", "/me/auth-events"] {
        for (token, status) in [(access.as_str(), 200), ("a-token-that-is-none", 401)] {
            run.call((Method::GET, template), "", &[status], |it| {
                it.bearer_auth(token)
            })
            .await;
        }
    }
    secrets.add("a-token-that-is-none");
    let other = run.log_in(secrets, "ada", &changed).await;
    run.call((Method::DELETE, "/me/sessions/{id}"), "1", &[404], |it| {
        it.bearer_auth(&other)
    })
    .await;
    for template in ["/logout", "/logout/all"] {
        let access = run.log_in(secrets, "ada", &changed).await;
        run.call((post.clone(), template), "", &[204], |it| {
            it.bearer_auth(&access)
        })
        .await;
    }
    let access = run.log_in(secrets, "ada", &changed).await;
    run.call((Method::DELETE, "/me"), "", &[204], |it| {
        it.bearer_auth(&access)
            .json(&json!({ "password": changed }))
    })
    .await;
    run.log_in(secrets, "root", root).await;
}

/// What services do.
pub async fn use_as_services(run: &mut Run<'_>, secrets: &mut Secrets, root: &str, admin: &str) {
    let new = json!({ "name": "reports", "scopes": ["read"] });
    let client = run
        .call((Method::POST, "/admin/clients"), "", &[201], |it| {
            it.bearer_auth(admin).json(&new)
        })
        .await;
    let id = client["client_id"].as_str().unwrap().to_owned();
    let secret = secrets.take(&client, "client_secret");
    let wrong = secrets.add("a-wrong-secret-of-a-client");
    // As HTTP Basic spells them.
    for secret in [&secret, &wrong] {
        let basic = BASE64_STANDARD.encode(format!("{id}:{secret}"));
        secrets.add(basic.trim_end_matches('='));
    }
    let grant = [("grant_type", "client_credentials")];
    for (secret, status) in [(&wrong, 401), (&secret, 200)] {
        let form = [&grant[..], &[("client_id", &id), ("client_secret", secret)]].concat();
        let answer = run.form("/token", &[status], &form).await;
        if status == 200 {
            secrets.take(&answer, "access_token");
        }
        let answer = run
            .call((Method::POST, "/token"), "", &[status], |it| {
                it.basic_auth(&id, Some(secret)).form(&grant)
            })
            .await;
        if status == 200 {
            secrets.take(&answer, "access_token");
        }
    }
    let login = json!({ "username": "root", "password": root });
    let login = run.json(Method::POST, "/auth", 200, &login).await;
    let (access, refresh) = (
        secrets.take(&login, "access_token"),
        secrets.take(&login, "refresh_token"),
    );
    for token in [&access, &refresh, &wrong] {
        run.call((Method::POST, "/introspect"), "", &[200], |it| {
            let it = it.basic_auth(&id, Some(&secret));
            it.form(&[("token", token)])
        })
        .await;
    }
    let grant = |token| [("grant_type", "refresh_token"), ("refresh_token", token)];
    let next = run.form("/token", &[200], &grant(&refresh)).await;
    secrets.take(&next, "access_token");
    let next = secrets.take(&next, "refresh_token");
    run.form("/token", &[400], &grant(&wrong)).await;
    run.form("/token", &[400], &grant(&next[..next.len() - 1]))
        .await;
    // In a query, where it does not belong.
    let misplaced = format!("/token?refresh_token={next}");
    let url = run.server.url(&misplaced);
    Client::new().post(url).send().await.unwrap();
    run.form("/revoke", &[200], &[("token", next.as_str())])
        .await;
    run.call((Method::DELETE, "/admin/clients/{id}"), &id, &[204], |it| {
        it.bearer_auth(admin)
    })
    .await;
}

/// What admins do.
pub async fn use_as_admin(run: &mut Run<'_>, secrets: &mut Secrets, admin: &str) {
    let new = json!({ "username": "bob", "email": "bob@example.com" });
    let bob = run
        .call((Method::POST, "/admin/users"), "", &[201], |it| {
            it.bearer_auth(admin).json(&new)
        })
        .await;
    secrets.take(&bob, "password");
    let id = bob["id"].as_str().unwrap();
    let reset = run
        .call(
            (Method::POST, "/admin/users/{id}/password-reset"),
            id,
            &[200],
            |it| it.bearer_auth(admin),
        )
        .await;
    let password = secrets.take(&reset, "password");
    run.log_in(secrets, "bob", &password).await;
    let changes = json!({ "status": "disabled" });
    run.call((Method::PATCH, "/admin/users/{id}"), id, &[200], |it| {
        it.bearer_auth(admin).json(&changes)
    })
    .await;
    let read = Method::GET;
    for (template, id) in [
        ("/admin/users", ""),
        ("/admin/users/{id}", id),
        ("/admin/users/{id}/sessions", id),
        ("/admin/invites", ""),
        ("/admin/clients", ""),
        ("/admin/audit-events", ""),
        ("/admin/auth-events", ""),
        ("/admin/auth-events/export", ""),
        ("/admin/auth-events/summary", ""),
    ] {
        let bounds = [
            ("from", "2026-01-01T00:00:00Z"),
            ("to", "2026-01-02T00:00:00Z"),
        ];
        let with_bounds = template.ends_with("/export") || template.ends_with("/summary");
        run.call((read.clone(), template), id, &[200], |it| {
            let it = it.bearer_auth(admin);
            if with_bounds { it.query(&bounds) } else { it }
        })
        .await;
    }
    for template in ["/admin/users/{id}/sessions", "/admin/users/{id}"] {
        run.call((Method::DELETE, template), id, &[204], |it| {
            it.bearer_auth(admin)
        })
        .await;
    }
    let invite = run
        .call((Method::POST, "/admin/invites"), "", &[201], |it| {
            it.bearer_auth(admin).json(&json!({}))
        })
        .await;
    secrets.take(&invite, "invite");
    let id = invite["id"].as_str().unwrap();
    run.call((Method::DELETE, "/admin/invites/{id}"), id, &[204], |it| {
        it.bearer_auth(admin)
    })
    .await;
    let keys = run
        .call((read, "/admin/keys"), "", &[200], |it| {
            it.bearer_auth(admin)
        })
        .await;
    let keys = keys["items"].as_array().unwrap();
    let next = keys.iter().find(|key| key["state"] == "next").unwrap();
    run.call(
        (Method::POST, "/admin/keys/rotate"),
        "",
        &[200, 409],
        |it| it.bearer_auth(admin),
    )
    .await;
    let kid = next["kid"].as_str().unwrap();
    run.call((Method::DELETE, "/admin/keys/{kid}"), kid, &[200], |it| {
        it.bearer_auth(admin)
    })
    .await;
}
