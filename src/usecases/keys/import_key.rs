use std::{future::ready, sync::Arc, time::Duration};

use thiserror::Error;

use super::{
    KeyMaker, KeysError,
    change_set::{Plan, change_set},
};
use crate::{
    crypto::{PrivateKey, thumbprint},
    domain::{KeyChange, KeyId, KeyLife, KeySet, KeyState, SigningAlgorithm, StoredKey},
    ports::{Clock, KeyStore},
};

/// Takes in a key that was made elsewhere.
pub struct ImportKey {
    pub keys: Arc<dyn KeyStore>,
    pub maker: Arc<KeyMaker>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportAs {
    /// It signs next, in place of the present next key, which never signed.
    Next,
    /// It verifies what it signed elsewhere, for as long as such a token can live.
    Retired { token_lifetime: Duration },
}

#[derive(Debug, Error)]
pub enum ImportError {
    #[error("there is a signing key {0} already")]
    Exists(KeyId),
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl ImportKey {
    /// `kid`: the id that its tokens carry; by default its thumbprint.
    pub async fn run(
        &self,
        private_key: &PrivateKey,
        algorithm: SigningAlgorithm,
        kid: Option<KeyId>,
        import_as: ImportAs,
    ) -> Result<StoredKey, ImportError> {
        let kid = match kid {
            Some(kid) => kid,
            None => thumbprint(private_key).map_err(|e| KeysError::Encoding(e.to_string()))?,
        };
        let key = self.maker.seal(private_key, kid, algorithm)?;
        let plan = |set| ready(self.plan(&set, key.clone(), import_as));
        change_set(&*self.keys, &*self.clock, plan).await
    }

    fn plan(
        &self,
        set: &KeySet,
        mut key: StoredKey,
        import_as: ImportAs,
    ) -> Result<Plan<StoredKey>, ImportError> {
        let kid = &key.record.kid;
        if set.get(kid).is_some() {
            return Err(ImportError::Exists(kid.clone()));
        }
        let now = self.clock.now();
        key.life = KeyLife::next(now);
        let change = match import_as {
            ImportAs::Next => {
                let next = set.in_state(KeyState::Next);
                let next = next.ok_or(KeysError::Missing("next"))?.record.kid.clone();
                KeyChange::ReplaceNext {
                    next,
                    new_next: key.clone(),
                    at: now,
                }
            }
            ImportAs::Retired { token_lifetime } => {
                key.life.longest_lifetime = token_lifetime;
                key.life = key.life.retired(now, Duration::ZERO);
                KeyChange::AddRetired(key.clone())
            }
        };
        Ok(Plan {
            change: Some(change),
            outcome: key,
        })
    }
}
