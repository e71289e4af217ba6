use std::sync::Arc;

use signet::{
    adapters::memory::{MemoryLimiter, MemoryStore, MemoryThrottle},
    domain::{Outcome, User},
    ports::UserRepo,
    usecases::{
        AccountGuard, AdmitRequest, Authenticate, IssuedLogin, RateLimits,
        accounts::{ConfirmPassword, ConfirmPasswordError},
    },
};

use crate::support::{
    clock::ManualClock, entropy::CountingEntropy, fixtures::an_origin, hasher::SpyHasher,
    registration::register_ada, tokens::token_issuer,
};

/// A server on which "ada" is registered.
pub(super) struct Fixture {
    pub(super) store: Arc<MemoryStore>,
    pub(super) hasher: Arc<SpyHasher>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) throttle: Arc<MemoryThrottle>,
    pub(super) confirm: Arc<ConfirmPassword>,
    pub(super) admit_request: Arc<AdmitRequest>,
    pub(super) password: String,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let hasher = SpyHasher::new();
        let clock = Arc::new(ManualClock::new());
        let throttle = Arc::new(MemoryThrottle::new(clock.clone()));
        let password = register_ada(&store, &clock).await;
        let confirm = Arc::new(ConfirmPassword {
            guard: guard(&store, &throttle, &clock),
            auth_log: store.clone(),
            hasher: hasher.clone(),
            clock: clock.clone(),
        });
        let limits = RateLimits {
            auth: None,
            register: None,
            password_strength: None,
            account: None,
            token: None,
            revoke: None,
            introspect: None,
            account_changes: Some("2/1h".parse().unwrap()),
        };
        let limiter = Arc::new(MemoryLimiter::new(clock.clone()));
        let admit_request = Arc::new(AdmitRequest::new(limiter, limits));
        Self {
            store,
            hasher,
            clock,
            throttle,
            confirm,
            admit_request,
            password,
        }
    }

    pub(super) async fn ada(&self) -> Option<User> {
        let ada = self.store.find_by_username(&"ada".parse().unwrap()).await;
        ada.unwrap()
    }

    pub(super) async fn confirm(&self, password: &str) -> Result<(), ConfirmPasswordError> {
        let ada = self.ada().await.unwrap();
        let password = signet::domain::Password::new(password.to_owned()).unwrap();
        self.confirm.run(&an_origin(), &ada, &password).await
    }

    pub(super) async fn log_in(&self, password: &str) -> Option<IssuedLogin> {
        let entropy = Arc::new(CountingEntropy::default());
        let authenticate = Authenticate {
            guard: guard(&self.store, &self.throttle, &self.clock),
            users: self.store.clone(),
            auth_log: self.store.clone(),
            hasher: self.hasher.clone(),
            clock: self.clock.clone(),
            entropy: entropy.clone(),
            issuer: Arc::new(token_issuer(self.clock.clone(), entropy).await),
        };
        let origin = an_origin();
        let login = authenticate.run(&origin, "ada", password.to_owned());
        login.await.ok()
    }

    /// The auth log, oldest first.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let log = self.store.auth_log();
        log.iter().map(|event| event.outcome).collect()
    }
}

fn guard(
    store: &Arc<MemoryStore>,
    throttle: &Arc<MemoryThrottle>,
    clock: &Arc<ManualClock>,
) -> AccountGuard {
    AccountGuard {
        throttle: Some(throttle.clone()),
        known_networks: store.clone(),
        auth_log: store.clone(),
        clock: clock.clone(),
    }
}
