//! The whole API in memory, asked without a network.

use std::sync::{Arc, LazyLock};

use poem::{
    Endpoint, EndpointExt, Request, Response,
    endpoint::BoxEndpoint,
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri},
};
use serde_json::{Value, json};
use signet::{
    adapters::{
        http,
        memory::{MemoryHasher, MemoryLimiter, MemoryStore, MemoryThrottle},
        strength::ZxcvbnMeter,
        system::{BlockingKeyGenerator, OsEntropy, SystemClock},
    },
    app::{Ports, access_token_policy},
    config::{Config, Environment, Sources},
    crypto::{MasterKey, MasterKeys},
    domain::{Argon2Params, RolesUpdate, UserUpdate},
    ports::{Clock, UserRepo},
    usecases::Initiator,
};
use tokio::runtime::Runtime;

pub static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// What is sent, apart from what the server itself needs to be asked.
pub struct Question<'a> {
    pub method: Method,
    pub path: &'a str,
    pub headers: Vec<(&'static str, &'a [u8])>,
    pub body: &'a [u8],
}

pub struct Server {
    runtime: Runtime,
    endpoint: BoxEndpoint<'static, Response>,
    /// An admin's, with its scheme.
    pub authorization: String,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let (endpoint, store) = runtime.block_on(endpoint());
        let mut server = Self {
            runtime,
            endpoint,
            authorization: String::new(),
        };
        let ada = json!({ "username": "ada", "email": "ada@example.com" });
        let ada = server.post("/register", &ada);
        server.runtime.block_on(make_admin(&store, &ada));
        let login = json!({ "username": "ada", "password": ada["password"] });
        let token = server.post("/auth", &login);
        let token = token["access_token"].as_str().expect("a token");
        server.authorization = format!("Bearer {token}");
        server
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let answer = self.answer(&Question {
            method: Method::POST,
            path,
            headers: vec![("content-type", b"application/json")],
            body: body.as_bytes(),
        });
        let (status, body) = answer.expect("a request");
        assert!(status.is_success(), "{status}");
        serde_json::from_slice(&body).expect("JSON")
    }

    /// Whatever is sent, the server knows what to say: it never fails, and a
    /// refusal is a problem or an error of OAuth.
    pub fn ask(&self, question: &Question<'_>) {
        let Some((status, body)) = self.answer(question) else {
            return;
        };
        assert!(!status.is_server_error(), "{status}");
        if status.is_client_error() {
            let body: Value = serde_json::from_slice(&body).expect("a refusal is JSON");
            assert!(
                body["code"].is_string() || body["error"].is_string(),
                "{body}"
            );
        }
    }

    /// `None` where HTTP has no such request.
    fn answer(&self, question: &Question<'_>) -> Option<(StatusCode, Vec<u8>)> {
        let uri: Uri = question.path.parse().ok()?;
        let mut request = Request::builder()
            .method(question.method.clone())
            .uri(uri)
            .header("content-length", question.body.len());
        for (name, value) in &question.headers {
            let value = HeaderValue::from_bytes(value).ok()?;
            request = request.header(HeaderName::from_static(name), value);
        }
        let request = request.body(question.body.to_vec());
        self.runtime.block_on(async {
            let answer = self.endpoint.get_response(request).await;
            let status = answer.status();
            Some((status, answer.into_body().into_vec().await.ok()?))
        })
    }
}

async fn endpoint() -> (BoxEndpoint<'static, Response>, Arc<MemoryStore>) {
    let off = [
        "AUTH",
        "REGISTER",
        "PASSWORD_STRENGTH",
        "ACCOUNT",
        "TOKEN",
        "REVOKE",
        "INTROSPECT",
    ];
    let mut environment: Environment = off
        .map(|scope| (format!("SIGNET_{scope}_RATE_LIMIT"), "off".to_owned()))
        .into();
    for (name, value) in [
        ("SIGNET_ACCOUNT_CHANGE_LIMIT", "off"),
        ("SIGNET_ACCOUNT_THROTTLE", "off"),
        ("SIGNET_SIGNING_ALGORITHM", "EdDSA"),
        // Nobody rereads the keys here.
        ("SIGNET_KEY_STALENESS", "1day"),
    ] {
        environment.insert(name.to_owned(), value.to_owned());
    }
    let sources = Sources {
        environment,
        ..Sources::default()
    };
    let config = Config::load(&sources, false).expect("settings");
    let (store, ports) = ports();
    let master_keys = MasterKeys::new(MasterKey::from_bytes([7; 32]), Vec::new());
    let keys = Arc::new(ports.maintain_keys(&config, &Arc::new(master_keys)));
    keys.run().await.expect("keys");
    let policy = access_token_policy(&config, "https://auth.example".to_owned());
    let usecases = ports.use_cases(&config, policy, &keys);
    let endpoint = http::endpoint(usecases, ports.http_settings(&config));
    (endpoint.boxed(), store)
}

fn ports() -> (Arc<MemoryStore>, Ports) {
    let store = Arc::new(MemoryStore::default());
    let clock = Arc::new(SystemClock::new());
    let entropy = Arc::new(OsEntropy);
    let params = Argon2Params::new(8, 1, 1).expect("parameters");
    let hasher = MemoryHasher::new(params, entropy.clone()).expect("a hasher");
    let ports = Ports {
        users: store.clone(),
        auth_log: store.clone(),
        auth_events: store.clone(),
        known_networks: store.clone(),
        keys: store.clone(),
        sessions: store.clone(),
        clients: store.clone(),
        invites: store.clone(),
        audit_log: store.clone(),
        storage: store.clone(),
        hasher: Arc::new(hasher),
        judging_meter: Arc::new(ZxcvbnMeter::new(64)),
        rating_meter: Arc::new(ZxcvbnMeter::new(64)),
        limiter: Arc::new(MemoryLimiter::new(clock.clone())),
        throttle: Arc::new(MemoryThrottle::new(clock.clone())),
        limits_health: None,
        argon2: None,
        generator: Arc::new(BlockingKeyGenerator),
        clock,
        entropy,
    };
    (store, ports)
}

async fn make_admin(store: &MemoryStore, user: &Value) {
    let id = user["id"].as_str().and_then(|id| id.parse().ok());
    let update = UserUpdate {
        roles: Some(RolesUpdate::Grant("admin".parse().expect("a role"))),
        ..UserUpdate::default()
    };
    let act = Initiator::command_line().acts(SystemClock::new().now());
    let id = id.expect("an id");
    store.update(id, &update, &act).await.expect("an account");
}
