use std::{collections::HashMap, fmt, ops::Deref, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use thiserror::Error;

use super::RefreshKeys;
use crate::{
    crypto::{SigningKeyPair, VerifyingKey, jwks::JwksDocument},
    domain::{KeyId, KeyRecord, KeySet, MonotonicTime},
};

/// The keys that this process signs with and publishes. Readers never wait and
/// never see half of a change.
pub struct KeyRing {
    loaded: ArcSwapOption<LoadedKeys>,
    trouble: ArcSwapOption<String>,
    staleness: Duration,
}

/// The key set as it was read at one moment, as far as its keys opened.
#[derive(Debug)]
pub struct LoadedKeys {
    /// `None` where the active key does not open.
    pub active: Option<Arc<SigningKeyPair>>,
    /// Every published key, with the record that it was opened under.
    pub published: HashMap<KeyId, (KeyRecord, Arc<SigningKeyPair>)>,
    /// Where each of them stands, and of those that did not open.
    pub lives: KeySet,
    pub jwks: Arc<JwksDocument>,
    pub refresh: RefreshKeys,
    /// When the reading began: the latest one in which every key opened.
    pub read_at: MonotonicTime,
    /// What works now and will not after a restart.
    pub warnings: Vec<String>,
}

impl LoadedKeys {
    /// The published key that verifies tokens of this key id.
    pub fn verifying(&self, kid: &KeyId) -> Option<&VerifyingKey> {
        let (_, pair) = self.published.get(kid)?;
        Some(pair.verifying_key())
    }
}

/// Loaded keys of which one signs.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    pub active: Arc<SigningKeyPair>,
    loaded: Arc<LoadedKeys>,
}

impl SigningKeys {
    pub(super) fn of(loaded: Arc<LoadedKeys>) -> Option<Self> {
        let active = loaded.active.clone()?;
        Some(Self { active, loaded })
    }
}

impl Deref for SigningKeys {
    type Target = LoadedKeys;

    fn deref(&self) -> &LoadedKeys {
        &self.loaded
    }
}

/// Why nothing can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoSigningKey {
    #[error("is not loaded")]
    Missing,
    #[error("does not open")]
    Unopened,
    #[error("was last read {} s ago, too long to sign with it", .age.as_secs())]
    Stale { age: Duration },
}

impl KeyRing {
    /// `staleness`: how old a key set may be signed from.
    pub fn new(staleness: Duration) -> Self {
        Self {
            loaded: ArcSwapOption::empty(),
            trouble: ArcSwapOption::empty(),
            staleness,
        }
    }

    /// Goes by a reading from now on, unless another one was installed since it
    /// began: that one may have seen more, and what it shows as revoked must not
    /// come back, whenever each of them looked. `before`: what was published
    /// when the reading began. Answers whether it is gone by.
    pub fn install(&self, before: Option<&Arc<LoadedKeys>>, keys: Arc<LoadedKeys>) -> bool {
        let before = before.cloned();
        let found = self.loaded.compare_and_swap(&before, Some(keys));
        found.as_ref().map(Arc::as_ptr) == before.as_ref().map(Arc::as_ptr)
    }

    /// Remembers why not all could be read or done.
    pub fn note_trouble(&self, trouble: String) {
        self.trouble.store(Some(Arc::new(trouble)));
    }

    /// All was read and done.
    pub fn forget_trouble(&self) {
        self.trouble.store(None);
    }

    /// Why the latest reading, or what was due, failed, if it did.
    pub fn trouble(&self) -> Option<Arc<String>> {
        self.trouble.load_full()
    }

    /// What is published, however old; `None` until keys were installed.
    pub fn published(&self) -> Option<Arc<LoadedKeys>> {
        self.loaded.load_full()
    }

    /// What may be signed with at `now`.
    pub fn signing(&self, now: MonotonicTime) -> Result<SigningKeys, NoSigningKey> {
        let loaded = self.published().ok_or(NoSigningKey::Missing)?;
        let age = now.since(loaded.read_at);
        if age > self.staleness {
            return Err(NoSigningKey::Stale { age });
        }
        SigningKeys::of(loaded).ok_or(NoSigningKey::Unopened)
    }

    pub fn staleness(&self) -> Duration {
        self.staleness
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyRing").field(&self.loaded.load()).finish()
    }
}
