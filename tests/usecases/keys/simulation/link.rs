//! What a server sees of the common store and of the common time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{KeyAct, KeyChange, KeyLife, KeySet, KeyState, KeyTimings},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
};

/// What is wrong with the arithmetic of a world. A term that is left out of a
/// sum is one by which a date is too early.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flaw {
    /// Keys count as published earlier by this.
    pub publish_ahead: Duration,
    /// Tokens count as dead earlier by this.
    pub retention: Duration,
    /// Servers go by their own settings, whatever those of others are.
    pub forgets: Forgets,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forgets {
    #[default]
    Nothing,
    /// How long the next key is to be published, by its own row.
    AheadOfNext,
    /// The same, by the row of the key before it.
    AheadOfActive,
    StillSigning,
    Lifetime,
}

/// The servers' common store, from which one server can be cut off.
pub struct Link {
    pub store: Arc<MemoryStore>,
    pub cut: AtomicBool,
    pub flaw: Flaw,
    /// The server's own settings.
    pub timings: Mutex<KeyTimings>,
}

impl Link {
    fn reach(&self) -> Result<&MemoryStore, StorageError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(StorageError::unavailable("partitioned"));
        }
        Ok(&self.store)
    }

    /// The set as a server of this world's arithmetic takes it.
    pub async fn seen(&self) -> KeySet {
        let set = self.store.load().await.unwrap();
        let mut keys = set.keys().to_vec();
        for key in &mut keys {
            self.distort(&mut key.life);
        }
        KeySet::new(keys, set.refresh_keys().to_vec())
    }

    fn distort(&self, life: &mut KeyLife) {
        let own = *self.timings.lock().unwrap();
        life.published_at -= self.flaw.publish_ahead;
        let forgotten = match self.flaw.forgets {
            Forgets::Nothing => Duration::ZERO,
            Forgets::AheadOfNext | Forgets::AheadOfActive => {
                let of = match self.flaw.forgets {
                    Forgets::AheadOfNext => KeyState::Next,
                    _ => KeyState::Active,
                };
                if life.state == of {
                    life.publish_ahead = life.publish_ahead.min(own.publish_ahead());
                }
                Duration::ZERO
            }
            Forgets::StillSigning => {
                let longest = life.still_signing;
                let own = own.signs_after_retirement();
                life.still_signing = longest.min(own);
                longest.saturating_sub(own)
            }
            Forgets::Lifetime => life.longest_lifetime.saturating_sub(own.token_lifetime),
        };
        let early = self.flaw.retention + forgotten;
        life.tokens_expire_at = life.tokens_expire_at.map(|at| at - early);
    }
}

#[async_trait]
impl KeyStore for Link {
    async fn load(&self) -> Result<KeySet, StorageError> {
        self.reach()?;
        Ok(self.seen().await)
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        self.reach()?.change(change, by, clock).await
    }
}
