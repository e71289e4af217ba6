use std::{collections::HashMap, sync::Arc};

use super::{KeysError, LoadedKeys, RefreshKeys, UnopenedKeys};
use crate::{
    crypto::{MasterKeys, SigningKeyPair, jwks::JwksDocument, sealed_key},
    domain::{KeySet, KeyState, MonotonicTime, SealedKeyId, StoredKey},
};

/// Opens every published key of the set. One that `loaded` holds under the
/// same record is taken over: it was opened before, and stays usable while its
/// envelope is wrapped under a master key that this server lacks.
///
/// What is published is derived from private keys that opened, so that whoever
/// can write to the store cannot plant a verification key.
pub fn open_all(
    set: &KeySet,
    master_keys: &MasterKeys,
    loaded: Option<&LoadedKeys>,
    read_at: MonotonicTime,
) -> Result<LoadedKeys, KeysError> {
    let mut published = HashMap::new();
    let mut jwks = Vec::new();
    let mut active = None;
    let mut unopened = Vec::new();
    for key in set.keys() {
        let Some(envelope) = &key.sealed else {
            continue;
        };
        let kid = &key.record.kid;
        let pair = match known(key, loaded) {
            Some(pair) => pair,
            None => match sealed_key::open(envelope, &key.record, master_keys) {
                Ok(private_key) => Arc::new(
                    SigningKeyPair::new(kid.clone(), key.record.algorithm, &private_key)
                        .map_err(|e| KeysError::Unusable(kid.clone(), e))?,
                ),
                Err(reason) => {
                    unopened.push((SealedKeyId::Signing(kid.clone()), reason));
                    continue;
                }
            },
        };
        jwks.push(pair.jwk().clone());
        if key.life.state == KeyState::Active {
            active = Some(pair.clone());
        }
        published.insert(kid.clone(), (key.record.clone(), pair));
    }
    let refresh = RefreshKeys::open(
        set.refresh_keys(),
        master_keys,
        loaded.map(|loaded| &loaded.refresh),
        &mut unopened,
    );
    if !unopened.is_empty() {
        return Err(KeysError::Unopened(UnopenedKeys {
            master_keys: master_keys.ids().collect(),
            keys: unopened,
        }));
    }
    let lacking = set
        .sealed()
        .filter(|(_, envelope)| master_keys.get(envelope.master_key_id).is_none());
    let warnings = lacking.map(|(key, envelope)| {
        format!(
            "{key} is wrapped under master key {}, which this server lacks and will want when it \
             restarts",
            envelope.master_key_id
        )
    });
    Ok(LoadedKeys {
        warnings: warnings.collect(),
        active: active.ok_or(KeysError::Missing("active"))?,
        published,
        jwks: JwksDocument::render(jwks).map_err(|e| KeysError::Encoding(e.to_string()))?,
        refresh,
        read_at,
    })
}

fn known(key: &StoredKey, loaded: Option<&LoadedKeys>) -> Option<Arc<SigningKeyPair>> {
    let (record, pair) = loaded?.published.get(&key.record.kid)?;
    (*record == key.record).then(|| pair.clone())
}
