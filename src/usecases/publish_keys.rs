use std::sync::Arc;

use super::{KeyRing, LoadedKeys};

/// Gives the public keys to whoever verifies tokens. Reads memory only.
#[derive(Debug)]
pub struct PublishKeys {
    pub ring: Arc<KeyRing>,
}

impl PublishKeys {
    /// `None` when no key is loaded.
    pub fn run(&self) -> Option<Arc<LoadedKeys>> {
        self.ring.current()
    }
}
