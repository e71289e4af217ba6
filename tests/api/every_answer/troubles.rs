//! What fails inside.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::StatusCode;
use serde_json::json;
use signet::{
    domain::{Password, PasswordStrength, PersonalWords},
    ports::{MeterError, Storage, StorageError, StrengthMeter},
};

use super::{Answers, unlimited};
use crate::support::{
    app::TestApp,
    down::{Trouble, with_stores_in},
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
    &(&app.witness.answers() | &of_what_fails().await) | &of_what_is_missing().await
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
    for path in ["/.well-known/jwks.json", "/health/ready"] {
        app.get(path).send().await.unwrap();
    }
    app.witness.answers()
}
