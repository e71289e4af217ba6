//! A service that takes tokens of its own, and revokes them.

use std::{sync::atomic::Ordering, time::Duration};

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::{fleet::Fleet, load::Load};
use crate::support::process::run;

const FORM: [(&str, &str); 1] = [("grant_type", "client_credentials")];

#[derive(Clone)]
pub struct Service {
    id: String,
    secret: String,
}

impl Service {
    pub fn create(fleet: &Fleet) -> Self {
        let create = ["clients", "create", "billing", "--json"];
        let created = run(fleet.command(0).args(create));
        assert!(created.status.success(), "{created:?}");
        let body: Value = serde_json::from_slice(&created.stdout).unwrap();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            id: text("client_id"),
            secret: text("client_secret"),
        }
    }

    pub fn authenticate(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.id, Some(&self.secret))
    }

    /// Of one server, past the load balancer.
    pub async fn token(&self, fleet: &Fleet, server: usize) -> String {
        let request = reqwest::Client::new().post(fleet.url(server, "/token"));
        let request = self.authenticate(request.form(&FORM));
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// Takes a token and revokes it, one after the other.
    pub async fn revocations(self, load: Load) {
        while !load.stop.load(Ordering::Relaxed) {
            let request = || self.authenticate(load.client.post("/token").form(&FORM));
            let (answer, _) = load.client.insist(request).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let token = answer.body["access_token"].as_str().unwrap().to_owned();
            let form = [("token", &token)];
            let request = || self.authenticate(load.client.post("/revoke").form(&form));
            let (answer, _) = load.client.insist(request).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            load.ledger.note(|ledger| ledger.revoked.push(token));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
