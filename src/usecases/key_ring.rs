use std::{fmt, sync::Arc};

use arc_swap::ArcSwapOption;

use crate::crypto::{SigningKeyPair, jwks::JwksDocument};

/// The keys that this process signs with and publishes. Readers never wait and
/// never see half of a change.
#[derive(Default)]
pub struct KeyRing(ArcSwapOption<LoadedKeys>);

#[derive(Debug)]
pub struct LoadedKeys {
    pub active: SigningKeyPair,
    pub jwks: JwksDocument,
}

impl KeyRing {
    pub fn install(&self, keys: LoadedKeys) -> Arc<LoadedKeys> {
        let keys = Arc::new(keys);
        self.0.store(Some(keys.clone()));
        keys
    }

    /// `None` until keys were installed.
    pub fn current(&self) -> Option<Arc<LoadedKeys>> {
        self.0.load_full()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyRing").field(&self.0.load()).finish()
    }
}
