//! The use cases of the signing keys' life, on a server's ports.

use std::sync::Arc;

use super::Ports;
use crate::{
    config::Config,
    crypto::MasterKeys,
    usecases::keys::{
        ImportKey, KeyMaker, KeyRing, ListKeys, MaintainKeys, RevokeKey, RewrapKeys, RotateKeys,
        RotateRefreshKey,
    },
};

impl Ports {
    /// Maker of keys under the current master key.
    pub fn key_maker(&self, config: &Config, master_keys: &MasterKeys) -> Arc<KeyMaker> {
        Arc::new(KeyMaker {
            generator: self.generator.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            master_key: master_keys.current().clone(),
            algorithm: config.signing_algorithm,
            rsa_size: config.key_bits,
        })
    }

    /// The keys' upkeep, with an empty ring.
    pub fn maintain_keys(&self, config: &Config, master_keys: &Arc<MasterKeys>) -> MaintainKeys {
        MaintainKeys {
            keys: self.keys.clone(),
            maker: self.key_maker(config, master_keys),
            clock: self.clock.clone(),
            master_keys: master_keys.clone(),
            timings: config.key_timings,
            ring: Arc::new(KeyRing::new(config.key_timings.staleness)),
        }
    }

    pub fn list_keys(&self, config: &Config) -> ListKeys {
        ListKeys {
            keys: self.keys.clone(),
            timings: config.key_timings,
        }
    }

    pub fn rotate_keys(&self, config: &Config, master_keys: &MasterKeys) -> RotateKeys {
        RotateKeys {
            keys: self.keys.clone(),
            maker: self.key_maker(config, master_keys),
            clock: self.clock.clone(),
            timings: config.key_timings,
        }
    }

    pub fn revoke_key(&self, config: &Config, master_keys: &MasterKeys) -> RevokeKey {
        RevokeKey {
            keys: self.keys.clone(),
            maker: self.key_maker(config, master_keys),
            clock: self.clock.clone(),
            timings: config.key_timings,
        }
    }

    pub fn import_key(&self, config: &Config, master_keys: &MasterKeys) -> ImportKey {
        ImportKey {
            keys: self.keys.clone(),
            maker: self.key_maker(config, master_keys),
            clock: self.clock.clone(),
        }
    }

    pub fn rotate_refresh_key(
        &self,
        config: &Config,
        master_keys: &MasterKeys,
    ) -> RotateRefreshKey {
        RotateRefreshKey {
            keys: self.keys.clone(),
            maker: self.key_maker(config, master_keys),
            timings: config.key_timings,
        }
    }

    pub fn rewrap_keys(&self, master_keys: &Arc<MasterKeys>) -> RewrapKeys {
        RewrapKeys {
            keys: self.keys.clone(),
            master_keys: master_keys.clone(),
            clock: self.clock.clone(),
        }
    }
}
