use std::sync::Arc;

use super::{error::CliError, session::print};
use crate::{
    adapters::{
        http,
        memory::{MemoryHasher, MemoryLimiter, MemoryStore, MemoryThrottle},
        strength::ZxcvbnMeter,
        system::{BlockingKeyGenerator, OsEntropy, SystemClock},
    },
    app::{Ports, access_token_policy},
    config::{Config, Sources},
    crypto::{MasterKey, MasterKeys},
    domain::Argon2Params,
};

pub(super) const EXAMPLES: &str = "\
Needs no database and no settings.

Example:
  signet openapi > openapi.json";

/// Describes the API from handlers that nothing is ever asked of.
pub(super) fn run() -> Result<(), CliError> {
    let config = Config::load(&Sources::default(), false)?;
    let store = Arc::new(MemoryStore::default());
    let clock = Arc::new(SystemClock::new());
    let entropy = Arc::new(OsEntropy);
    let hasher =
        MemoryHasher::new(Argon2Params::default(), entropy.clone()).map_err(CliError::failure)?;
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
        storage: store,
        hasher: Arc::new(hasher),
        argon2: None,
        judging_meter: Arc::new(ZxcvbnMeter::new(0)),
        rating_meter: Arc::new(ZxcvbnMeter::new(0)),
        limiter: Arc::new(MemoryLimiter::new(clock.clone())),
        throttle: Arc::new(MemoryThrottle::new(clock.clone())),
        limits_health: None,
        generator: Arc::new(BlockingKeyGenerator),
        clock,
        entropy,
    };
    let policy = access_token_policy(&config, String::new());
    let mut unused = [0; 32];
    ports.entropy.fill(&mut unused);
    let master_keys = MasterKeys::new(MasterKey::from_bytes(unused), Vec::new());
    let maintain_keys = Arc::new(ports.maintain_keys(&config, &Arc::new(master_keys)));
    let spec = http::spec(ports.use_cases(&config, policy, &maintain_keys));
    print(&spec)
}
