use std::sync::Arc;

use crate::{
    crypto::{
        MasterKeys,
        envelope::OpenError,
        refresh_token::{RefreshKey, UnverifiedRefreshToken},
        sealed_key,
    },
    domain::{RefreshKeyId, RefreshKeyRecord, SealedKeyId, StoredRefreshKey, Timestamp},
};

/// The opened refresh keys, oldest first.
#[derive(Clone, Debug, Default)]
pub struct RefreshKeys(Vec<OpenedRefreshKey>);

#[derive(Clone, Debug)]
struct OpenedRefreshKey {
    record: RefreshKeyRecord,
    signs_from: Timestamp,
    key: Arc<RefreshKey>,
}

impl RefreshKeys {
    /// Opens the keys. One that was opened before under the same record is
    /// taken over; those that no master key opens are noted.
    pub(super) fn open(
        stored: &[StoredRefreshKey],
        master_keys: &MasterKeys,
        loaded: Option<&Self>,
        unopened: &mut Vec<(SealedKeyId, OpenError)>,
    ) -> Self {
        let known = |record: &RefreshKeyRecord| {
            let mut keys = loaded?.0.iter();
            Some(keys.find(|key| key.record == *record)?.key.clone())
        };
        let mut keys = Vec::new();
        for stored in stored {
            let opened = match known(&stored.record) {
                Some(key) => Ok(key),
                None => sealed_key::open_refresh_key(stored, master_keys).map(Arc::new),
            };
            match opened {
                Ok(key) => keys.push(OpenedRefreshKey {
                    record: stored.record,
                    signs_from: stored.signs_from,
                    key,
                }),
                Err(reason) => unopened.push((SealedKeyId::Refresh(stored.record.id), reason)),
            }
        }
        Self(keys)
    }

    /// The key that makes tokens at `now`: the latest whose time has come. The
    /// oldest one, where a clock is so wrong that none has.
    pub fn signing(&self, now: Timestamp) -> Option<&RefreshKey> {
        let signs = |key: &&OpenedRefreshKey| key.signs_from <= now;
        let latest = self.0.iter().rev().find(signs).or(self.0.first())?;
        Some(&latest.key)
    }

    pub fn get(&self, id: RefreshKeyId) -> Option<&RefreshKey> {
        let key = self.0.iter().find(|key| key.record.id == id)?;
        Some(&key.key)
    }

    /// Whether one of the keys made the token.
    pub fn authenticate(&self, token: &UnverifiedRefreshToken) -> bool {
        self.get(token.key)
            .is_some_and(|key| key.authenticates(token))
    }
}
