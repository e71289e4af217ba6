//! A server and its admin.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use signet::{
    domain::{RolesUpdate, UserUpdate},
    usecases::Initiator,
};

use super::{
    app::{TestApp, TestAppBuilder},
    oauth::Login,
    operations::Operation,
    problem::assert_problem,
    verifier::part,
};

pub struct Site {
    pub app: TestApp,
    pub admin: Login,
}

/// A user that the admin made.
pub struct Made {
    pub id: String,
    pub password: String,
}

impl Site {
    pub async fn start() -> Self {
        Self::on(TestApp::builder()).await
    }

    pub async fn on(builder: TestAppBuilder) -> Self {
        let app = builder.start().await;
        let admin = app.login_of("root").await;
        let site = Self { app, admin };
        site.grant(&site.admin.access, "admin").await;
        site
    }

    /// Gives the owner of the token a role, as the command does.
    pub async fn grant(&self, token: &str, role: &str) {
        let update = UserUpdate {
            roles: Some(RolesUpdate::Grant(role.parse().unwrap())),
            ..UserUpdate::default()
        };
        let (id, by) = (sub(token).parse().unwrap(), Initiator::command_line());
        let update_user = self.app.ports.update_user();
        update_user.apply(&by, id, &update).await.unwrap();
    }

    pub fn admin_id(&self) -> String {
        sub(&self.admin.access)
    }

    /// A request of the admin.
    pub async fn ask(&self, method: Method, path: &str) -> Response {
        self.app.bearer(method, path, &self.admin.access).await
    }

    /// The same with a body.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        let request = self.app.client.request(method, self.app.url(path));
        let request = request.bearer_auth(&self.admin.access).json(body);
        request.send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(Method::POST, path, body).await
    }

    pub async fn delete(&self, path: &str) -> StatusCode {
        self.ask(Method::DELETE, path).await.status()
    }

    /// What the admin reads there.
    pub async fn read(&self, path: &str) -> Value {
        let response = self.ask(Method::GET, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store");
        response.json().await.unwrap()
    }

    /// One member of all items of a list that fits into one page.
    pub async fn column(&self, path: &str, member: &str) -> Vec<String> {
        let page = self.read(path).await;
        assert_eq!(page["next_cursor"], Value::Null);
        texts(&page, member)
    }

    /// One member of all items, page by page of this many.
    pub async fn pages(&self, path: &str, member: &str, limit: usize) -> Vec<Vec<String>> {
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let joined = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{joined}limit={limit}{cursor}");
            let page = self.read(&path).await;
            pages.push(texts(&page, member));
            let Some(next) = page["next_cursor"].as_str() else {
                return pages;
            };
            cursor = format!("&cursor={next}");
        }
    }

    /// Makes an account; the username may be anything that one may be.
    pub async fn make(&self, username: &str, roles: &[&str]) -> Made {
        let body = json!({
            "username": username,
            "email": format!("{username}@example.com"),
            "roles": roles,
        });
        let response = self.post("/admin/users", &body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let made: Value = response.json().await.unwrap();
        Made {
            id: made["id"].as_str().unwrap().to_owned(),
            password: made["password"].as_str().unwrap().to_owned(),
        }
    }

    pub async fn change(&self, id: &str, changes: &Value) -> Response {
        let path = format!("/admin/users/{id}");
        self.send(Method::PATCH, &path, changes).await
    }

    /// Makes an account and logs in as its owner.
    pub async fn login_of(&self, username: &str, roles: &[&str]) -> (Made, Login) {
        let made = self.make(username, roles).await;
        let response = self.app.log_in(username, &made.password).await;
        (made, Login::of(response).await)
    }

    /// The newest audit events first.
    pub async fn events(&self, query: &str) -> Vec<Value> {
        let page = self
            .read(&format!("/admin/audit-events?limit=100{query}"))
            .await;
        page["items"].as_array().unwrap().clone()
    }

    /// Every operation of admins, from the API's own description.
    pub async fn operations(&self) -> Vec<Operation> {
        let mut all = self.app.operations().await;
        all.retain(Operation::is_for_admins);
        assert!(all.len() >= 18, "{}", all.len());
        all
    }
}

/// The user behind an access token.
pub fn sub(token: &str) -> String {
    part(token, 1)["sub"].as_str().unwrap().to_owned()
}

fn texts(page: &Value, member: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item[member].as_str().unwrap().to_owned())
        .collect()
}

/// Asserts that these fields, and no others, are refused.
pub async fn assert_fields(response: Response, fields: &[&str]) {
    let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
    let errors = problem["errors"].as_array().unwrap().iter();
    let refused: Vec<_> = errors
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(refused, fields, "{problem}");
}
