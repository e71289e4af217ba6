use std::sync::Arc;

use super::{KeysError, open_all};
use crate::{crypto::MasterKeys, domain::MonotonicTime, ports::KeyStore};

/// Tells whether a server that has these master keys could work with all stored
/// keys, and changes nothing.
pub struct CheckKeys {
    pub keys: Arc<dyn KeyStore>,
    pub master_keys: Arc<MasterKeys>,
}

impl CheckKeys {
    /// How many private keys there are, all of which open; none before the
    /// first start of a server.
    pub async fn run(&self) -> Result<usize, KeysError> {
        let set = self.keys.load().await?;
        let sealed = set.sealed().count();
        if sealed == 0 {
            return Ok(0);
        }
        let opened = open_all(&set, &self.master_keys, None, MonotonicTime::default())?;
        match opened.failure {
            Some(failure) => Err(failure),
            None => Ok(sealed),
        }
    }
}
