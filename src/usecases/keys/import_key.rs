use std::{sync::Arc, time::Duration};

use thiserror::Error;

use super::{KeyMaker, KeysError};
use crate::{
    crypto::{PrivateKey, thumbprint},
    domain::{KeyChange, KeyId, KeyLife, KeyState, SigningAlgorithm, StoredKey},
    ports::{Clock, KeyChanged, KeyStore},
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

const ATTEMPTS: usize = 10;

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
        let mut key = self.maker.seal(private_key, kid.clone(), algorithm)?;
        for _ in 0..ATTEMPTS {
            let set = self.keys.load().await.map_err(KeysError::from)?;
            if set.get(&kid).is_some() {
                return Err(ImportError::Exists(kid));
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
            if self
                .keys
                .change(&change, &*self.clock)
                .await
                .map_err(KeysError::from)?
                == KeyChanged::Done
            {
                return Ok(key);
            }
        }
        Err(KeysError::Unsettled.into())
    }
}
