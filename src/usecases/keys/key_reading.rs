use std::sync::Arc;

use super::{KeysError, LoadedKeys, MaintainKeys, Opened, SigningKeys, log_active, open_all};
use crate::{
    domain::{KeyId, KeySet, MonotonicTime},
    ports::StorageError,
};

/// The key set as it was read, and what was published when that began.
pub(super) struct KeyReading {
    pub(super) set: KeySet,
    before: Option<Arc<LoadedKeys>>,
    read_at: MonotonicTime,
}

impl MaintainKeys {
    pub(super) async fn read(&self) -> Result<KeyReading, StorageError> {
        Ok(KeyReading {
            before: self.ring.published(),
            read_at: self.clock.monotonic(),
            set: self.keys.load().await?,
        })
    }

    /// Signs and publishes from this set, as far as it opens. A server that
    /// starts must open all of it. `promoted`: the key that this server itself
    /// made the active one. None where another reading came between.
    pub(super) fn install(
        &self,
        reading: &KeyReading,
        promoted: Option<&KeyId>,
    ) -> Result<Option<SigningKeys>, KeysError> {
        let KeyReading { set, before, .. } = reading;
        let Opened { mut keys, failure } = self.open(reading)?;
        keys.warnings.extend(self.left_to_others(set));
        keys.warnings.extend(self.clock_is_behind(set));
        let active = keys.active.as_ref().map(|active| active.kid());
        let by_others = active.is_some() && active != promoted;
        if let (Some(_), Some(former)) = (&failure, before) {
            keys = keys.in_part(former);
        }
        let keys = Arc::new(keys);
        let usable = failure.is_none() || before.is_some();
        if usable && !self.ring.install(before.as_ref(), keys.clone()) {
            return Ok(None);
        }
        if by_others {
            log_active(set, self.timings, before.as_deref());
        }
        match failure {
            Some(failure) => Err(failure),
            None => (SigningKeys::of(keys).map(Some)).ok_or(KeysError::Missing("active")),
        }
    }

    /// Before the rows say what this server's settings are, it may not go by them:
    /// the former key goes on signing, if it is still published. False where
    /// another reading came between.
    pub(super) fn install_without_active(&self, reading: &KeyReading) -> Result<bool, KeysError> {
        let Some(former) = &reading.before else {
            return Ok(true);
        };
        let keys = LoadedKeys {
            active: None,
            ..self.open(reading)?.keys
        };
        let keys = Arc::new(keys.in_part(former));
        Ok(self.ring.install(Some(former), keys))
    }

    fn open(&self, reading: &KeyReading) -> Result<Opened, KeysError> {
        let before = reading.before.as_deref();
        open_all(&reading.set, &self.master_keys, before, reading.read_at)
    }
}
