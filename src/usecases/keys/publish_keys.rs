use std::{sync::Arc, time::Duration};

use super::{KeyRing, LoadedKeys};
use crate::ports::Clock;

/// Gives the public keys to whoever verifies tokens. Reads memory only.
#[derive(Clone)]
pub struct PublishKeys {
    pub ring: Arc<KeyRing>,
    pub clock: Arc<dyn Clock>,
    /// How long a verifier may use the answer without asking again.
    pub max_age: Duration,
}

pub struct PublishedKeys {
    pub keys: Arc<LoadedKeys>,
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
        Some(PublishedKeys {
            keys,
            max_age: self.max_age.saturating_sub(overdue),
        })
    }
}
