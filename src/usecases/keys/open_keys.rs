use std::{collections::HashMap, sync::Arc};

use super::{KeysError, LoadedKeys, RefreshKeys, UnopenedKeys};
use crate::{
    crypto::{
        MasterKeys, SigningKeyPair, UnusableKey, envelope::OpenError, jwks::JwksDocument,
        sealed_key,
    },
    domain::{Envelope, KeyId, KeyRecord, KeySet, KeyState, MonotonicTime, SealedKeyId, StoredKey},
};

/// What could be opened of a key set.
pub(super) struct Opened {
    pub(super) keys: LoadedKeys,
    /// Why it is not all.
    pub(super) failure: Option<KeysError>,
}

/// Opens every published key of the set. One that `loaded` holds under the
/// same record is taken over: it was opened before, and stays usable while its
/// envelope is wrapped under a master key that this server lacks.
///
/// What is published is derived from private keys that opened, so that whoever
/// can write to the store cannot plant a verification key.
/// Keys that do not open are left out.
pub(super) fn open_all(
    set: &KeySet,
    master_keys: &MasterKeys,
    loaded: Option<&LoadedKeys>,
    read_at: MonotonicTime,
) -> Result<Opened, KeysError> {
    let mut published = HashMap::new();
    let mut jwks = Vec::new();
    let mut unopened = Vec::new();
    let mut unusable = None;
    let published_keys = set.keys().iter();
    for key in published_keys.filter(|key| key.life.state != KeyState::Expired) {
        let kid = key.record.kid.clone();
        let Some(envelope) = &key.sealed else {
            unusable = Some(KeysError::NoPrivatePart(kid));
            continue;
        };
        match open(key, envelope, master_keys, loaded) {
            Ok(pair) => {
                jwks.push(pair.jwk().clone());
                published.insert(kid, (key.record.clone(), pair));
            }
            Err(LeftOut::Unopened(reason)) => unopened.push((SealedKeyId::Signing(kid), reason)),
            Err(LeftOut::Unusable(reason)) => unusable = Some(KeysError::Unusable(kid, reason)),
        }
    }
    let refresh = RefreshKeys::open(
        set.refresh_keys(),
        master_keys,
        loaded.map(|loaded| &loaded.refresh),
        &mut unopened,
    );
    let stored_active = set.in_state(KeyState::Active);
    let active = stored_active.and_then(|key| pair_of(&published, &key.record.kid));
    let failure = if unopened.is_empty() {
        unusable.or(stored_active
            .is_none()
            .then_some(KeysError::Missing("active")))
    } else {
        Some(KeysError::Unopened(UnopenedKeys {
            master_keys: master_keys.ids().collect(),
            keys: unopened,
        }))
    };
    let document = JwksDocument::render(jwks).map_err(|e| KeysError::Encoding(e.to_string()))?;
    Ok(Opened {
        keys: LoadedKeys {
            active,
            warnings: lacking(set, master_keys),
            jwks: unless_same(document, loaded),
            lives: lives(set),
            published,
            refresh,
            read_at,
        },
        failure,
    })
}

/// The one that was rendered before where nothing changed: so those who keep what they
/// made of it need not make it again.
fn unless_same(document: JwksDocument, loaded: Option<&LoadedKeys>) -> Arc<JwksDocument> {
    let former = loaded.map(|loaded| &loaded.jwks);
    let same = former.filter(|former| ***former == document);
    same.cloned().unwrap_or_else(|| Arc::new(document))
}

impl LoadedKeys {
    /// The same, where some key of the set is left out: it is as old as what
    /// was loaded before, since others may sign before long with a key that this
    /// server cannot publish. Where the active key does not open, the former one
    /// goes on signing, if it is still published.
    #[must_use]
    pub(super) fn in_part(self, loaded: &Self) -> Self {
        let former =
            (loaded.active.as_ref()).and_then(|active| pair_of(&self.published, active.kid()));
        Self {
            active: self.active.or(former),
            read_at: loaded.read_at,
            ..self
        }
    }
}

type Published = HashMap<KeyId, (KeyRecord, Arc<SigningKeyPair>)>;

fn pair_of(published: &Published, kid: &KeyId) -> Option<Arc<SigningKeyPair>> {
    let (_, pair) = published.get(kid)?;
    Some(pair.clone())
}

/// Why a key is left out.
enum LeftOut {
    Unopened(OpenError),
    Unusable(UnusableKey),
}

fn open(
    key: &StoredKey,
    envelope: &Envelope,
    master_keys: &MasterKeys,
    loaded: Option<&LoadedKeys>,
) -> Result<Arc<SigningKeyPair>, LeftOut> {
    if let Some(pair) = known(key, loaded) {
        return Ok(pair);
    }
    let private_key =
        sealed_key::open(envelope, &key.record, master_keys).map_err(LeftOut::Unopened)?;
    let (kid, algorithm) = (key.record.kid.clone(), key.record.algorithm);
    SigningKeyPair::new(kid, algorithm, &private_key)
        .map(Arc::new)
        .map_err(LeftOut::Unusable)
}

fn known(key: &StoredKey, loaded: Option<&LoadedKeys>) -> Option<Arc<SigningKeyPair>> {
    let (record, pair) = loaded?.published.get(&key.record.kid)?;
    (*record == key.record).then(|| pair.clone())
}

/// The published keys without their private parts.
fn lives(set: &KeySet) -> KeySet {
    let keys = set.keys().iter();
    let published = keys.filter(|key| key.life.state != KeyState::Expired);
    let unsealed = |key: &StoredKey| StoredKey {
        sealed: None,
        ..key.clone()
    };
    KeySet::new(published.map(unsealed).collect(), Vec::new())
}

/// What works now and will not after a restart.
fn lacking(set: &KeySet, master_keys: &MasterKeys) -> Vec<String> {
    set.sealed()
        .filter(|(_, envelope)| master_keys.get(envelope.master_key_id).is_none())
        .map(|(key, envelope)| {
            format!(
                "{key} is wrapped under master key {}, which this server lacks and will want when \
                 it restarts",
                envelope.master_key_id
            )
        })
        .collect()
}
