//! Two servers on one database.

use std::{process::Command, time::Duration};

use reqwest::{Client, Response, StatusCode};

use serde_json::Value;
use tempfile::TempDir;

use super::keys::{
    PUBLISHED_LONG_AGO, assert_done, command, publish_next_long_ago, published, token,
};
use crate::support::{
    oauth::Login,
    postgres::PostgresDatabase,
    problem::{SESSION_OVER, assert_invalid_token, assert_oauth_error},
    process::{RunningServer, run},
    verifier::part,
};

/// How long a server may take to follow the other. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the servers' database is.
struct Shared {
    dir: TempDir,
    postgres: Option<PostgresDatabase>,
}

impl Shared {
    fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let postgres = None;
        Self { dir, postgres }
    }

    /// `None` where PostgreSQL is not installed.
    async fn postgres() -> Option<Self> {
        let postgres = Some(PostgresDatabase::new().await?);
        Some(Self {
            postgres,
            ..Self::sqlite()
        })
    }

    fn command(&self) -> Command {
        let mut command = command(self.dir.path());
        if let Some(postgres) = &self.postgres {
            command.env("SIGNET_DATABASE_URL", postgres.url());
        }
        command
    }

    /// A server like any other of the same issuer.
    fn start(&self) -> RunningServer {
        RunningServer::start(self.command().env("SIGNET_ISSUER", "https://auth.example"))
    }

    fn in_state(&self, state: &str) -> String {
        let output = run(self.command().args(["keys", "list", "--json"]));
        let keys: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut keys = keys.as_array().unwrap().iter();
        let key = keys.find(|key| key["state"] == state).unwrap();
        key["kid"].as_str().unwrap().to_owned()
    }

    async fn publish_next_long_ago(&self) {
        match &self.postgres {
            None => publish_next_long_ago(self.dir.path()).await,
            Some(postgres) => postgres.execute(PUBLISHED_LONG_AGO).await,
        }
    }
}

async fn me(server: &RunningServer, token: &str) -> Response {
    let request = Client::new().get(server.url("/me")).bearer_auth(token);
    request.send().await.unwrap()
}

async fn log_out(server: &RunningServer, token: &str) -> Response {
    let request = Client::new().post(server.url("/logout"));
    request.bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn a_session_of_one_goes_on_at_the_other_and_is_over_at_both_at_once() {
    share_sessions(&Shared::sqlite()).await;
}

#[tokio::test]
async fn on_postgresql_a_session_of_one_goes_on_at_the_other_and_is_over_at_both_at_once() {
    if let Some(shared) = Shared::postgres().await {
        share_sessions(&shared).await;
    }
}

async fn share_sessions(shared: &Shared) {
    let (one, other) = (shared.start(), shared.start());
    let ada = one.register("ada").await.unwrap();
    let body = serde_json::json!({ "username": "ada", "password": ada["password"] });
    let request = Client::new().post(one.url("/auth")).json(&body);
    let login = Login::of(request.send().await.unwrap()).await;
    assert_eq!(me(&other, &login.access).await.status(), StatusCode::OK);
    let next = Login::of(other.refresh(&login.refresh).await.unwrap()).await;
    assert_eq!(me(&one, &next.access).await.status(), StatusCode::OK);
    let gone = log_out(&one, &next.access).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    for server in [&other, &one] {
        for token in [&login.access, &next.access] {
            assert_invalid_token(me(server, token).await, SESSION_OVER).await;
        }
        let refused = server.refresh(&next.refresh).await.unwrap();
        assert_oauth_error(refused, StatusCode::BAD_REQUEST, "invalid_grant").await;
    }
}

#[tokio::test]
async fn a_rotation_by_a_command_beside_one_is_followed_by_both() {
    follow_a_rotation(&Shared::sqlite()).await;
}

#[tokio::test]
async fn on_postgresql_a_rotation_by_a_command_beside_one_is_followed_by_both() {
    if let Some(shared) = Shared::postgres().await {
        follow_a_rotation(&shared).await;
    }
}

async fn follow_a_rotation(shared: &Shared) {
    let servers = [shared.start(), shared.start()];
    shared.publish_next_long_ago().await;
    assert_done(&run(shared.command().args(["keys", "rotate"])));
    let kid = |state| shared.in_state(state);
    let (active, next, retired) = (kid("active"), kid("next"), kid("retired"));
    for server in &servers {
        let followed = async {
            while !published(server).await.contains(&next) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, followed).await.unwrap();
        let published = published(server).await;
        assert!(published.contains(&active) && published.contains(&retired));
    }
    for (server, user) in servers.iter().zip(["ada", "grace"]) {
        let header = part(&token(server, user).await, 0);
        assert_eq!(header["kid"], active);
    }
}
