//! Who may register.

use std::{sync::Arc, time::Duration};

use reqwest::{Response, StatusCode};
use serde_json::Value;
use signet::usecases::Initiator;

use super::ada;
use crate::support::{
    app::TestApp,
    hasher::{HashWork, SpyHasher},
    problem::assert_problem,
};

const HOUR: Duration = Duration::from_hours(1);

struct Server {
    app: TestApp,
    hasher: Arc<SpyHasher>,
}

impl Server {
    async fn start(mode: &str) -> Self {
        let hasher = SpyHasher::new();
        let of_app = hasher.clone();
        let app = TestApp::builder()
            .set("SIGNET_REGISTRATION", mode)
            .set("SIGNET_REGISTER_RATE_LIMIT", "off")
            .adapt(move |ports| ports.hasher = of_app)
            .start()
            .await;
        Self { app, hasher }
    }

    async fn invite(&self) -> String {
        let create = self.app.ports.create_invite();
        let created = create.run(&Initiator::command_line(), HOUR).await;
        created.unwrap().code.expose().to_owned()
    }

    async fn register(&self, name: &str, invite: &str) -> Response {
        let mut body = ada();
        body["username"] = name.into();
        body["email"] = format!("{name}@example.com").into();
        body["invite"] = invite.into();
        self.app.post("/register", &body).await
    }

    async fn users(&self) -> usize {
        let rows = self.app.database.rows("SELECT id FROM users").await;
        rows.len()
    }
}

#[tokio::test]
async fn closed_registration_is_forbidden_to_everyone() {
    let server = Server::start("closed").await;
    let invite = server.invite().await;
    for response in [
        server.app.post("/register", &ada()).await,
        server.register("ada", &invite).await,
    ] {
        assert_problem(response, StatusCode::FORBIDDEN, "registration_closed").await;
    }
    assert_eq!(server.hasher.take_work(), []);
    assert_eq!(server.users().await, 0);
}

#[tokio::test]
async fn where_an_invite_is_needed_it_opens_one_account() {
    let server = Server::start("invite").await;
    let none = server.app.post("/register", &ada()).await;
    assert_problem(none, StatusCode::FORBIDDEN, "invite_required").await;
    let invite = server.invite().await;
    let first = server.register("ada", &invite).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    assert_eq!(server.hasher.take_work(), [HashWork::Hash]);
    let second = server.register("bob", &invite).await;
    assert_problem(second, StatusCode::FORBIDDEN, "invalid_invite").await;
    assert_eq!(server.hasher.take_work(), []);
    assert_eq!(server.users().await, 1);
}

#[tokio::test]
async fn unknown_malformed_and_expired_invites_are_told_alike() {
    let server = Server::start("invite").await;
    let expired = server.invite().await;
    server.app.clock.advance(HOUR);
    let unknown = format!("signet_inv_{}", "A".repeat(43));
    let mut problems = Vec::new();
    for invite in [
        expired.as_str(),
        &unknown,
        "",
        "nonsense",
        &"x".repeat(9000),
    ] {
        let response = server.register("ada", invite).await;
        let mut problem = assert_problem(response, StatusCode::FORBIDDEN, "invalid_invite").await;
        problem["request_id"] = Value::Null;
        problems.push(problem);
    }
    assert!(problems.iter().all(|problem| *problem == problems[0]));
    assert_eq!(server.hasher.take_work(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_registrations_with_one_invite_one_is_made() {
    let server = Arc::new(Server::start("invite").await);
    let invite = server.invite().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (server, invite) = (server.clone(), invite.clone());
        let name = format!("user-{number}");
        tasks.spawn(async move { server.register(&name, &invite).await.status() });
    }
    let statuses = tasks.join_all().await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!(count(StatusCode::CREATED), 1);
    assert_eq!(count(StatusCode::FORBIDDEN), 19);
    assert_eq!(server.users().await, 1);
}

#[tokio::test]
async fn open_registration_leaves_invites_as_they_are() {
    let server = Server::start("open").await;
    let invite = server.invite().await;
    for (name, invite) in [
        ("ada", invite.as_str()),
        ("bob", &invite),
        ("eve", "nonsense"),
    ] {
        let response = server.register(name, invite).await;
        assert_eq!(response.status(), StatusCode::CREATED);
    }
    let unused = "SELECT id FROM invites WHERE used_at IS NULL";
    assert_eq!(server.app.database.rows(unused).await.len(), 1);
}
