//! Sessions, service clients and their tokens, as tests ask a server for them.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use signet::{
    domain::KeyState,
    usecases::{Initiator, clients::NewClient, keys::RevokeKey},
};

use super::{
    app::{TestApp, TestAppBuilder},
    problem::{SESSION_OVER, assert_invalid_token, assert_oauth_error},
    verifier::part,
};
use crate::support::fixtures::an_initiator;

/// A user's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub access: String,
    pub refresh: String,
}

pub struct ServiceClient {
    pub id: String,
    pub secret: String,
}

impl Login {
    /// From an answer that holds both tokens.
    pub async fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

/// The session of a user's access token.
pub fn sid(token: &str) -> String {
    part(token, 1)["sid"].as_str().unwrap().to_owned()
}

impl TestApp {
    /// Registers a user and logs in.
    pub async fn login_of(&self, username: &str) -> Login {
        let user = self.register(username).await;
        let password = user["password"].as_str().unwrap();
        Login::of(self.log_in(username, password).await).await
    }

    pub async fn ada(&self) -> Login {
        self.login_of("ada").await
    }

    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let request = self.client.post(self.url(path)).form(form);
        request.send().await.unwrap()
    }

    pub async fn refresh(&self, token: &str) -> Response {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post_form("/token", &form).await
    }

    pub async fn refreshed(&self, token: &str) -> Login {
        Login::of(self.refresh(token).await).await
    }

    pub async fn revoke(&self, token: &str) -> Response {
        self.post_form("/revoke", &[("token", token)]).await
    }

    /// A request with an access token.
    pub async fn bearer(&self, method: Method, path: &str, token: &str) -> Response {
        let request = self.client.request(method, self.url(path));
        request.bearer_auth(token).send().await.unwrap()
    }

    /// The same with a JSON body.
    pub async fn bearer_json(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Response {
        let request = self.client.request(method, self.url(path)).json(body);
        request.bearer_auth(token).send().await.unwrap()
    }

    pub async fn me(&self, token: &str) -> Response {
        self.bearer(Method::GET, "/me", token).await
    }

    /// Makes a service client, as `signet clients create` does.
    pub async fn service_client(
        &self,
        name: &str,
        scope: &str,
        audience: &[&str],
    ) -> ServiceClient {
        let new = NewClient {
            name: name.parse().unwrap(),
            scopes: scope.parse().unwrap(),
            audience: audience.iter().map(ToString::to_string).collect(),
        };
        let created = self
            .ports
            .create_client()
            .run(&Initiator::command_line(), new)
            .await
            .unwrap();
        ServiceClient {
            id: created.client.id.to_string(),
            secret: created.secret.expose().to_owned(),
        }
    }

    /// A form of a client that authenticates by HTTP Basic.
    pub async fn post_form_as(
        &self,
        client: &ServiceClient,
        path: &str,
        form: &[(&str, &str)],
    ) -> Response {
        let request = self.client.post(self.url(path)).form(form);
        let request = request.basic_auth(&client.id, Some(&client.secret));
        request.send().await.unwrap()
    }

    /// A service client's access token.
    pub async fn client_token(&self, client: &ServiceClient) -> String {
        let form = [("grant_type", "client_credentials")];
        let response = self.post_form_as(client, "/token", &form).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// What a service client is told about a token.
    pub async fn introspect(&self, client: &ServiceClient, token: &str) -> Value {
        let form = [("token", token)];
        let response = self.post_form_as(client, "/introspect", &form).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    pub async fn key_set(&self) -> Value {
        let response = self.get("/.well-known/jwks.json").send().await.unwrap();
        response.json().await.unwrap()
    }

    /// Lets time pass on a server that keeps rereading its keys.
    pub async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.keys.run().await.unwrap();
    }

    /// Revokes a signing key; the server learns of it.
    pub async fn revoke_key(&self, kid: &str) {
        let revoke = RevokeKey {
            keys: self.keys.keys.clone(),
            maker: self.keys.maker.clone(),
            clock: self.clock.clone(),
            timings: self.keys.timings,
        };
        revoke
            .run(
                &an_initiator(),
                &kid.parse().unwrap(),
                Some(KeyState::Active),
            )
            .await
            .unwrap();
        self.keys.run().await.unwrap();
    }

    pub async fn assert_live(&self, login: &Login) {
        assert_eq!(self.me(&login.access).await.status(), StatusCode::OK);
        assert_eq!(self.refresh(&login.refresh).await.status(), StatusCode::OK);
    }

    pub async fn assert_over(&self, login: &Login) {
        assert_invalid_token(self.me(&login.access).await, SESSION_OVER).await;
        let refreshed = self.refresh(&login.refresh).await;
        assert_oauth_error(refreshed, StatusCode::BAD_REQUEST, "invalid_grant").await;
    }

    pub async fn set_status(&self, status: &str) {
        let sql = format!("UPDATE users SET status = '{status}'");
        self.database.execute(&sql).await;
    }
}

impl TestAppBuilder {
    /// Keys of their own that cost nothing, for tests that need more than two.
    pub fn with_fresh_keys(self) -> Self {
        self.set("SIGNET_SIGNING_ALGORITHM", "EdDSA")
            .adapt(|ports| ports.generator = std::sync::Arc::new(super::fresh_keys::FreshKeys))
    }
}

/// What is said of a token that is not active, whatever the reason
/// (RFC 7662 §2.2).
pub fn inactive() -> Value {
    json!({ "active": false })
}
