use std::{sync::Arc, time::Duration};

use super::KeyRing;
use crate::{crypto::jwks::JwksDocument, ports::Clock};

/// Gives the public keys to whoever verifies tokens. Reads memory only.
#[derive(Clone)]
pub struct PublishKeys {
    pub ring: Arc<KeyRing>,
    pub clock: Arc<dyn Clock>,
    /// How long a verifier may use the answer without asking again.
    pub max_age: Duration,
}

/// Without the private keys: whoever keeps it does not keep those.
pub struct PublishedKeys {
    /// The same one until the key set changes.
    pub jwks: Arc<JwksDocument>,
    /// In whole seconds, as Cache-Control tells it (RFC 9111 §1.2.2).
    pub max_age: Duration,
}

impl PublishKeys {
    /// `None` when no key is loaded. A key set that could not be reread for
    /// longer than it may be signed from is still given, for a shorter and
    /// shorter use: what it lacks may sign elsewhere before long.
    pub fn run(&self) -> Option<PublishedKeys> {
        let keys = self.ring.published()?;
        let age = self.clock.monotonic().since(keys.read_at);
        let overdue = age.saturating_sub(self.ring.staleness());
        let max_age = self.max_age.saturating_sub(overdue);
        Some(PublishedKeys {
            jwks: keys.jwks.clone(),
            max_age: Duration::from_secs(max_age.as_secs()),
        })
    }
}
