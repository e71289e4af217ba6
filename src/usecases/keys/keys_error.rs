use std::fmt;

use thiserror::Error;

use crate::{
    crypto::{UnusableKey, envelope::OpenError},
    domain::{KeyId, MasterKeyId, SealedKeyId},
    ports::{KeyGenerationFailed, StorageError},
};

/// Why the signing keys could not be read, opened or changed.
#[derive(Debug, Error)]
pub enum KeysError {
    #[error(transparent)]
    Unopened(UnopenedKeys),
    #[error("signing key {0}: {1}")]
    Unusable(KeyId, #[source] UnusableKey),
    #[error("there can be no more refresh keys")]
    RefreshKeysExhausted,
    #[error(
        "no stored signing key is {0}: something other than Signet changed them. Restore the \
         database from a backup"
    )]
    Missing(&'static str),
    #[error("the key set kept changing under the attempts to change it")]
    Unsettled,
    #[error("the upkeep of the keys panicked: the log says where")]
    Panicked,
    #[error("the key store holds signing key {0} without its private part")]
    NoPrivatePart(KeyId),
    #[error(transparent)]
    Generation(#[from] KeyGenerationFailed),
    #[error("cannot seal or render the signing keys: {0}")]
    Encoding(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The keys that no master key at hand opens, each with the reason.
#[derive(Debug)]
pub struct UnopenedKeys {
    pub master_keys: Vec<MasterKeyId>,
    pub keys: Vec<(SealedKeyId, OpenError)>,
}

impl fmt::Display for UnopenedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given: Vec<_> = self.master_keys.iter().map(ToString::to_string).collect();
        let given = given.join(", ");
        write!(f, "the master key {given} does not open these keys:")?;
        for (key, reason) in &self.keys {
            write!(f, "\n  {key}: {reason}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnopenedKeys {}
