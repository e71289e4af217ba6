use std::sync::Arc;

use prometheus_client::{
    collector::Collector,
    metrics::{family::Family, info::Info},
    registry::Registry,
};

use super::{
    auth_attempts::AuthAttempts,
    certificate::Certificate,
    content::Content,
    database::{Pools, watch_groups},
    hashing::{HashTimes, QueueLength},
    issued::Issued,
    limits::{Decisions, Fallbacks},
    process::Process,
    requests::Requests,
    signing_keys::SigningKeys,
};
use crate::{
    adapters::{
        database::Database,
        hasher::Argon2Hasher,
        http::{RequestMeter, TlsIdentity},
    },
    ports::LimitsHealth,
    usecases::{TokenIssuer, keys::MaintainKeys},
};

/// Every metric of a server. `docs/metrics.md` lists them.
pub struct Metrics {
    registry: Registry,
    requests: Requests,
    pub(super) attempts: AuthAttempts,
    pub(super) rate_limits: Decisions,
    pub(super) throttle: Decisions,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::default();
        registry.register(
            "signet_build",
            "The version of the server",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register_collector(Box::new(Process::new()));
        let attempts = AuthAttempts::new();
        registry.register(
            "signet_auth_attempts",
            "Attempts to authenticate that the auth log has a row of",
            attempts.family(),
        );
        let (rate_limits, throttle) = (Family::default(), Family::default());
        registry.register(
            "signet_rate_limit_decisions",
            "Requests and changes that the rate limiter judged",
            rate_limits.clone(),
        );
        registry.register(
            "signet_account_throttle_decisions",
            "Attempts at a password that the throttle of account names judged",
            throttle.clone(),
        );
        Self {
            requests: Requests::registered(&mut registry),
            registry,
            attempts,
            rate_limits: Decisions(rate_limits),
            throttle: Decisions(throttle),
        }
    }

    /// Counts the answers.
    pub fn requests(&self) -> Arc<dyn RequestMeter> {
        Arc::new(self.requests.clone())
    }

    pub fn watch_hashing(&mut self, hasher: &Arc<Argon2Hasher>) {
        hasher.watch(Arc::new(HashTimes::registered(&mut self.registry)));
        self.collect(QueueLength(hasher.clone()));
    }

    pub fn watch_database(&mut self, database: &Database) {
        watch_groups(&mut self.registry, database);
        self.collect(Pools(database.clone()));
    }

    pub fn watch_signing_keys(&mut self, upkeep: Arc<MaintainKeys>) {
        self.collect(SigningKeys(upkeep));
    }

    pub fn watch_tokens(&mut self, issuer: Arc<TokenIssuer>) {
        self.collect(Issued(issuer));
    }

    pub fn watch_certificate(&mut self, identity: Arc<TlsIdentity>) {
        self.collect(Certificate(identity));
    }

    /// `None` where nothing is shared.
    pub fn watch_limits(&mut self, health: Option<Arc<dyn LimitsHealth>>) {
        self.collect(Fallbacks(health));
    }

    /// As they are scraped.
    pub(super) fn into_content(self) -> Content {
        Content(self.registry)
    }

    fn collect(&mut self, collector: impl Collector) {
        self.registry.register_collector(Box::new(collector));
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
