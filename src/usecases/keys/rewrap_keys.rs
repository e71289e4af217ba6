use std::sync::Arc;

use super::{KeysError, UnopenedKeys};
use crate::{
    crypto::{MasterKeys, envelope},
    domain::{KeyChange, Rewrapping},
    ports::{KeyChanged, KeyStore},
};

/// Wraps every data key under the current master key.
pub struct RewrapKeys {
    pub keys: Arc<dyn KeyStore>,
    pub master_keys: Arc<MasterKeys>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    pub changed: usize,
    /// These were wrapped under the current master key already.
    pub unchanged: usize,
}

const ATTEMPTS: usize = 10;

impl RewrapKeys {
    pub async fn run(&self) -> Result<Rewrapped, KeysError> {
        for _ in 0..ATTEMPTS {
            let set = self.keys.load().await?;
            let mut rewrappings = Vec::new();
            let mut unopened = Vec::new();
            let mut unchanged = 0;
            for (key, sealed) in set.sealed() {
                if sealed.master_key_id == self.master_keys.current().id() {
                    unchanged += 1;
                    continue;
                }
                match envelope::rewrap(sealed, &self.master_keys) {
                    Ok(to) => {
                        let from = sealed.clone();
                        rewrappings.push(Rewrapping { key, from, to });
                    }
                    Err(reason) => unopened.push((key, reason)),
                }
            }
            if !unopened.is_empty() {
                return Err(KeysError::Unopened(UnopenedKeys {
                    master_keys: self.master_keys.ids().collect(),
                    keys: unopened,
                }));
            }
            let changed = rewrappings.len();
            let done = changed == 0
                || self.keys.change(&KeyChange::Rewrap(rewrappings)).await? == KeyChanged::Done;
            if done {
                return Ok(Rewrapped { changed, unchanged });
            }
        }
        Err(KeysError::Unsettled)
    }
}
