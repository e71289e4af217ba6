use std::{net::SocketAddr, sync::Arc};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use signet::{
    adapters::{
        database::{
            SqlAuditLog, SqlAuthEvents, SqlAuthLog, SqlClientStore, SqlInviteStore, SqlKeyStore,
            SqlKnownNetworks, SqlSessionStore, SqlUserRepo,
        },
        hasher::Argon2Hasher,
        http::{self, Drain, TlsIdentity},
        limiter::{LocalThrottle, MokaLimiter},
        metrics::{Metrics, MetricsServer},
        strength::ZxcvbnMeter,
    },
    app::{Ports, access_token_policy, measure_answers, server_settings},
    config::{Config, Environment, Sources},
    crypto::argon2id::Argon2Backend,
    usecases::keys::MaintainKeys,
};
use tokio::net::TcpListener;

use super::{
    clock::ManualClock,
    database::TestDatabase,
    entropy::CountingEntropy,
    fixtures::{cheap_params, master_keys, pool_settings},
    keys::SharedKeys,
    witness::Witness,
};

/// A server on a port of its own: the real adapters but for the clock, the
/// chance, and the cost of a hash.
pub struct TestApp {
    pub address: SocketAddr,
    pub database: TestDatabase,
    pub clock: Arc<ManualClock>,
    pub client: Client,
    pub ports: Ports,
    /// The keys' upkeep, which runs when a test says so.
    pub keys: Arc<MaintainKeys>,
    /// Fails the test for an answer that is not documented.
    pub witness: Witness,
    /// Where it is scraped, if it is measured.
    pub metrics: Option<SocketAddr>,
    /// Its stop, when a test begins it.
    pub drain: Drain,
}

/// How a test differs from the ordinary server.
pub struct TestAppBuilder {
    environment: Environment,
    adapt: Box<dyn FnOnce(&mut Ports) + Send>,
    with_keys: bool,
    measured: bool,
    tls: Option<Arc<TlsIdentity>>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    pub fn builder() -> TestAppBuilder {
        TestAppBuilder {
            environment: Environment::new(),
            adapt: Box::new(|_| {}),
            with_keys: true,
            measured: false,
            tls: None,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.client
            .post(self.url(path))
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// Another server of the same issuer and keys on these ports, with the default
    /// settings.
    pub async fn beside(&self, ports: &Ports) -> SocketAddr {
        let config = Config::load(&Sources::default(), false).unwrap();
        let keys = MaintainKeys {
            ring: self.keys.ring.clone(),
            ..ports.maintain_keys(&config, &Arc::new(master_keys()))
        };
        let issuer = format!("http://{}", self.address);
        let policy = access_token_policy(&config, issuer);
        let usecases = ports.use_cases(&config, policy, &Arc::new(keys));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = ports.http_settings(&config);
        let server = server_settings(&config, &settings, None);
        let endpoint = self.witness.watch(http::endpoint(usecases, settings));
        tokio::spawn(http::serve(listener, endpoint, server));
        address
    }

    /// Registers a user and returns the answer's body.
    pub async fn register(&self, username: &str) -> Value {
        let email = format!("{username}@example.com");
        let body = json!({ "username": username, "email": email });
        let response = self.post("/register", &body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.unwrap()
    }

    /// Registers "ada" and returns her password.
    pub async fn register_ada(&self) -> String {
        let ada = self.register("ada").await;
        ada["password"].as_str().unwrap().to_owned()
    }

    pub async fn log_in(&self, username: &str, password: &str) -> Response {
        let body = json!({ "username": username, "password": password });
        self.post("/auth", &body).await
    }
}

impl TestAppBuilder {
    /// Sets a setting by its environment variable.
    pub fn set(mut self, variable: &str, value: &str) -> Self {
        self.environment
            .insert(variable.to_owned(), value.to_owned());
        self
    }

    /// Exchanges adapters.
    pub fn adapt(mut self, adapt: impl FnOnce(&mut Ports) + Send + 'static) -> Self {
        self.adapt = Box::new(adapt);
        self
    }

    pub fn without_signing_keys(mut self) -> Self {
        self.with_keys = false;
        self
    }

    pub fn measured(mut self) -> Self {
        self.measured = true;
        self
    }

    /// Speaks TLS, which the app's own client does not.
    pub fn secured(mut self, identity: Arc<TlsIdentity>) -> Self {
        self.tls = Some(identity);
        self
    }

    pub async fn start(self) -> TestApp {
        let sources = Sources {
            environment: self.environment,
            ..Sources::default()
        };
        let config = Config::load(&sources, false).unwrap();
        let database = TestDatabase::new().await;
        let clock = Arc::new(ManualClock::new());
        let mut ports = ports(&config, &database, clock.clone());
        (self.adapt)(&mut ports);
        let mut metrics = self.measured.then(Metrics::new);
        if let Some(metrics) = &mut metrics {
            ports.measure(metrics);
            if let Some(identity) = &self.tls {
                metrics.watch_certificate(identity.clone());
            }
        }
        let keys = Arc::new(ports.maintain_keys(&config, &Arc::new(master_keys())));
        if self.with_keys {
            keys.run().await.unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let policy = access_token_policy(&config, format!("http://{address}"));
        let usecases = ports.use_cases(&config, policy, &keys);
        let mut settings = ports.http_settings(&config);
        let metrics = match metrics {
            Some(mut metrics) => {
                let database = &database.database;
                measure_answers(&mut metrics, database, &keys, &usecases, &mut settings);
                Some(scraped(metrics).await)
            }
            None => None,
        };
        let server = server_settings(&config, &settings, self.tls);
        let drain = settings.drain.clone();
        let witness = Witness::default();
        let endpoint = witness.watch(http::endpoint(usecases, settings));
        tokio::spawn(http::serve(listener, endpoint, server));
        TestApp {
            address,
            database,
            clock,
            client: Client::new(),
            ports,
            keys,
            witness,
            metrics,
            drain,
        }
    }
}

/// Where these are scraped, until the test ends.
async fn scraped(metrics: Metrics) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // It serves until it is told to stop, which nobody does.
    std::mem::forget(MetricsServer::start(listener, metrics));
    address
}

fn ports(config: &Config, test: &TestDatabase, clock: Arc<ManualClock>) -> Ports {
    let entropy = Arc::new(CountingEntropy::default());
    let hasher = Argon2Hasher::new(
        cheap_params(),
        pool_settings(2),
        Argon2Backend::Simd,
        clock.clone(),
        entropy.clone(),
    );
    let hasher = Arc::new(hasher.unwrap());
    Ports {
        users: Arc::new(SqlUserRepo::new(test.database.clone())),
        auth_log: Arc::new(SqlAuthLog::new(test.database.clone())),
        auth_events: Arc::new(SqlAuthEvents::new(test.database.clone())),
        known_networks: Arc::new(SqlKnownNetworks::new(test.database.clone())),
        keys: Arc::new(SqlKeyStore::new(test.database.clone())),
        sessions: Arc::new(SqlSessionStore::new(test.database.clone())),
        clients: Arc::new(SqlClientStore::new(test.database.clone())),
        invites: Arc::new(SqlInviteStore::new(test.database.clone())),
        audit_log: Arc::new(SqlAuditLog::new(test.database.clone())),
        storage: Arc::new(test.database.clone()),
        hasher: hasher.clone(),
        argon2: Some(hasher),
        judging_meter: Arc::new(ZxcvbnMeter::new(64)),
        rating_meter: Arc::new(ZxcvbnMeter::new(64)),
        limiter: Arc::new(MokaLimiter::new(config.rate_limit_clients, clock.clone())),
        throttle: Arc::new(LocalThrottle::new(100_000, clock.clone())),
        limits_health: None,
        generator: Arc::new(SharedKeys::default()),
        clock,
        entropy,
    }
}
