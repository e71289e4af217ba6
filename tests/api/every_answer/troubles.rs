//! What fails inside.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::json;
use signet::{
    adapters::limiter::{FallbackPolicy, RedisLimiter, RedisServer, RedisSettings},
    domain::{Password, PasswordStrength, PersonalWords},
    ports::{MeterError, Storage, StorageError, StrengthMeter},
};

use super::{Answers, unlimited};
use crate::support::{
    app::TestApp,
    down::{Trouble, with_stores_in},
    fixtures::cheap_params,
    hasher::{HashWork, SpyHasher},
    site::Site,
    strength::SpyMeter,
};

pub(super) async fn given() -> Answers {
    let site = Site::on(unlimited()).await;
    let app = &site.app;
    let client = app.service_client("billing", "", &[]).await;
    for trouble in [Trouble::Unavailable, Trouble::Corrupt] {
        let server = app.beside(&with_stores_in(trouble, &app.ports)).await;
        let url = |path: &str| format!("http://{server}{path}");
        let login =
            json!({ "username": "ada", "email": "a@example.com", "password": "plum tiger kettle" });
        app.client
            .post(url("/register"))
            .json(&login)
            .send()
            .await
            .unwrap();
        let login = json!({ "username": "ada", "password": "x" });
        app.client
            .post(url("/auth"))
            .json(&login)
            .send()
            .await
            .unwrap();
        for path in ["/token", "/revoke", "/introspect"] {
            let token = site.admin.refresh.as_str();
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", token),
                ("token", token),
            ];
            let request = app.client.post(url(path)).form(&form);
            let request = match path {
                "/introspect" => request.basic_auth(&client.id, Some(&client.secret)),
                _ => request,
            };
            request.send().await.unwrap();
        }
    }
    let ask_all = async || {
        for operation in app.operations().await {
            site.ask(operation.method, &operation.path).await;
        }
    };
    app.set_status("junk").await;
    ask_all().await;
    app.set_status("active").await;
    app.database
        .execute("ALTER TABLE sessions RENAME TO gone")
        .await;
    ask_all().await;
    let mut given = app.witness.answers();
    given.extend(of_what_fails().await);
    given.extend(of_what_is_missing().await);
    given.extend(of_what_is_busy().await);
    given.extend(of_what_cannot_be_counted().await);
    given
}

async fn rate(app: &TestApp) {
    app.post("/password/strength", &json!({ "password": "plum" }))
        .await;
}

async fn of_what_fails() -> Answers {
    struct Failing;

    #[async_trait]
    impl Storage for Failing {
        async fn ping(&self) -> Result<(), StorageError> {
            panic!("as a test wants it")
        }
    }

    #[async_trait]
    impl StrengthMeter for Failing {
        async fn rate(
            &self,
            _: &Password,
            _: &PersonalWords,
        ) -> Result<PasswordStrength, MeterError> {
            Err(MeterError::Failed)
        }
    }

    let adapted = TestApp::builder().adapt(|ports| {
        ports.storage = Arc::new(Failing);
        ports.rating_meter = Arc::new(Failing);
    });
    let app = adapted.start().await;
    rate(&app).await;
    let ready = app.get("/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::INTERNAL_SERVER_ERROR);
    app.witness.answers()
}

async fn of_what_is_missing() -> Answers {
    let meter = SpyMeter::new();
    meter.be_busy();
    let builder = TestApp::builder().without_signing_keys();
    let app = builder
        .adapt(move |ports| ports.rating_meter = meter)
        .start()
        .await;
    rate(&app).await;
    app.log_in("ada", "wrong").await;
    for path in ["/.well-known/jwks.json", "/health/ready"] {
        app.get(path).send().await.unwrap();
    }
    app.witness.answers()
}

async fn of_what_is_busy() -> Answers {
    let hasher = SpyHasher::new();
    let of_app = hasher.clone();
    let site = Site::on(unlimited().adapt(move |ports| ports.hasher = of_app)).await;
    let app = &site.app;
    let grace = site.make("grace", &[]).await.id;
    hasher.be_busy_for(HashWork::Verify(Some(cheap_params())));
    app.log_in("root", "wrong").await;
    let password = json!({ "password": "wrong" });
    site.send(Method::DELETE, "/me", &password).await;
    let passwords = json!({ "current_password": "wrong", "new_password": "plum tiger kettle" });
    site.post("/me/password", &passwords).await;
    hasher.be_busy_for(HashWork::Hash);
    let ada = json!({ "username": "ada", "email": "ada@example.com" });
    app.post("/register", &ada).await;
    site.post("/admin/users", &ada).await;
    site.ask(
        Method::POST,
        &format!("/admin/users/{grace}/password-reset"),
    )
    .await;
    app.witness.answers()
}

async fn of_what_cannot_be_counted() -> Answers {
    let app = TestApp::builder().adapt(|ports| {
        let url = "unix:///nowhere/redis.sock".parse().unwrap();
        let settings = RedisSettings::new(url, FallbackPolicy::Deny);
        let server = RedisServer::start(settings).unwrap();
        ports.limiter = Arc::new(RedisLimiter::new(server, ports.limiter.clone()));
    });
    let app = app.start().await;
    rate(&app).await;
    app.witness.answers()
}
