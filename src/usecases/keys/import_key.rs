use std::{future::ready, sync::Arc, time::Duration};

use thiserror::Error;

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    crypto::{PrivateKey, thumbprint, thumbprint_of_jwk},
    domain::{
        AuditAction, AuditTarget, KeyChange, KeyId, KeyLife, KeySet, KeyState, SigningAlgorithm,
        StoredKey,
    },
    ports::{Clock, KeyStore},
    usecases::Initiator,
};

/// Takes in a key that was made elsewhere.
pub struct ImportKey {
    pub keys: Arc<dyn KeyStore>,
    pub maker: Arc<KeyMaker>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportAs {
    /// It signs next, in place of the present next key. What it signed elsewhere
    /// is verified even where it is replaced before it signs.
    Next { token_lifetime: Duration },
    /// It verifies what it signed elsewhere, for as long as such a token can live.
    Retired { token_lifetime: Duration },
}

#[derive(Debug, Error)]
pub enum ImportError {
    #[error("{0} names no key: no path could lead to it")]
    Reserved(KeyId),
    #[error("there is a signing key {0} already")]
    Exists(KeyId),
    /// One private key under two ids: revoking the one would leave the other.
    #[error("it is the signing key {0}")]
    SameKey(KeyId),
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl ImportKey {
    /// `kid`: the id that its tokens carry; by default its thumbprint.
    pub async fn run(
        &self,
        by: &Initiator,
        private_key: &PrivateKey,
        algorithm: SigningAlgorithm,
        kid: Option<KeyId>,
        import_as: ImportAs,
    ) -> Result<StoredKey, ImportError> {
        let thumbprint = thumbprint(private_key).map_err(|e| KeysError::Encoding(e.to_string()))?;
        let kid = kid.unwrap_or_else(|| thumbprint.clone());
        if RESERVED.contains(&kid.as_str()) {
            return Err(ImportError::Reserved(kid));
        }
        let key = self.maker.seal(private_key, kid, algorithm)?;
        let plan = |set| ready(self.plan(&set, key.clone(), &thumbprint, import_as));
        let act = (by, AuditAction::ImportKey);
        change_set(&*self.keys, &*self.clock, act, plan).await
    }

    fn plan(
        &self,
        set: &KeySet,
        mut key: StoredKey,
        thumbprint: &KeyId,
        import_as: ImportAs,
    ) -> Result<Plan<StoredKey>, ImportError> {
        let kid = &key.record.kid;
        if set.get(kid).is_some() {
            return Err(ImportError::Exists(kid.clone()));
        }
        if let Some(same) = holder(set, thumbprint) {
            return Err(ImportError::SameKey(same));
        }
        let (now, among) = (self.clock.now(), set.keys().len());
        key.life = KeyLife::next(now);
        let kid = kid.clone();
        let change = match import_as {
            ImportAs::Next { token_lifetime } => {
                key.life.longest_lifetime = token_lifetime;
                let next = set.in_state(KeyState::Next);
                let next = next.ok_or(KeysError::Missing("next"))?.record.kid.clone();
                KeyChange::ReplaceNext {
                    next,
                    new_next: key,
                    among,
                    at: now,
                }
            }
            ImportAs::Retired { token_lifetime } => {
                key.life.longest_lifetime = token_lifetime;
                key.life = key.life.retired(now, Duration::ZERO);
                KeyChange::AddRetired { key, among }
            }
        };
        // As a next key it takes over how long the former one was to be published.
        let after = set.after(&change).ok_or(KeysError::Unsettled)?;
        let imported = after.get(&kid).ok_or(KeysError::Unsettled)?;
        Ok(Plan {
            outcome: imported.clone(),
            change: Some((change, AuditTarget::Key(kid))),
        })
    }
}

/// What cannot be the last segment of a key's URL: another operation stands
/// there, and clients take dots out of a path (RFC 3986 §5.2.4).
const RESERVED: [&str; 3] = [".", "..", "rotate"];

/// The key, in whatever state, that has this public part.
fn holder(set: &KeySet, thumbprint: &KeyId) -> Option<KeyId> {
    let mut keys = set.keys().iter();
    let key = keys.find(|key| thumbprint_of_jwk(&key.public_jwk).as_ref() == Some(thumbprint))?;
    Some(key.record.kid.clone())
}
