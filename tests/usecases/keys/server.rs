use std::sync::Arc;

use signet::{
    adapters::memory::MemoryStore,
    crypto::MasterKeys,
    domain::{KeyId, KeySet, KeyState, KeyTimings, RsaKeySize, SigningAlgorithm},
    ports::{KeyGenerator, KeyStore},
    usecases::keys::{
        ImportKey, KeyMaker, KeyRing, MaintainKeys, RevokeKey, RewrapKeys, RotateKeys,
    },
};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::{an_initiator, key_timings, master_keys},
    fresh_keys::FreshKeys,
};

/// A server's use cases on a store, a clock and keys that a test controls.
pub struct Server {
    pub store: Arc<dyn KeyStore>,
    pub clock: Arc<ManualClock>,
    pub master_keys: Arc<MasterKeys>,
    pub timings: KeyTimings,
}

impl Server {
    pub fn new() -> Self {
        Self::on(Arc::new(MemoryStore::default()))
    }

    pub fn on(store: Arc<dyn KeyStore>) -> Self {
        Self {
            store,
            clock: Arc::new(ManualClock::new()),
            master_keys: Arc::new(master_keys()),
            timings: key_timings(),
        }
    }

    fn maker(&self) -> Arc<KeyMaker> {
        self.maker_of(Arc::new(FreshKeys))
    }

    pub fn maker_of(&self, generator: Arc<dyn KeyGenerator>) -> Arc<KeyMaker> {
        Arc::new(KeyMaker {
            generator,
            clock: self.clock.clone(),
            entropy: Arc::new(CountingEntropy::default()),
            master_key: self.master_keys.current().clone(),
            algorithm: SigningAlgorithm::EdDsa,
            rsa_size: RsaKeySize::Bits2048,
        })
    }

    pub fn maintain(&self) -> MaintainKeys {
        MaintainKeys {
            keys: self.store.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
            master_keys: self.master_keys.clone(),
            timings: self.timings,
            ring: Arc::new(KeyRing::new(self.timings.staleness)),
        }
    }

    pub fn rotate(&self) -> RotateKeys {
        RotateKeys {
            keys: self.store.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
            timings: self.timings,
        }
    }

    pub fn revoke_key(&self) -> RevokeKey {
        RevokeKey {
            keys: self.store.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
            timings: self.timings,
        }
    }

    pub fn import(&self) -> ImportKey {
        ImportKey {
            keys: self.store.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
        }
    }

    pub fn rewrap(&self) -> RewrapKeys {
        RewrapKeys {
            keys: self.store.clone(),
            master_keys: self.master_keys.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Revokes a key.
    pub async fn revoke(&self, kid: &KeyId) {
        let state = self.keys().await.get(kid).unwrap().life.state;
        self.revoke_key()
            .run(&an_initiator(), kid, Some(state))
            .await
            .unwrap();
    }

    pub async fn active_and_next(&self) -> (KeyId, KeyId) {
        let set = self.keys().await;
        let kid = |state| set.in_state(state).unwrap().record.kid.clone();
        (kid(KeyState::Active), kid(KeyState::Next))
    }

    pub async fn keys(&self) -> KeySet {
        self.store.load().await.unwrap()
    }
}
