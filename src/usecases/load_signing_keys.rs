use std::{fmt, sync::Arc};

use thiserror::Error;
use zeroize::Zeroizing;

use super::{KeyRing, LoadedKeys};
use crate::{
    crypto::{
        MasterKey, SigningKeyPair, UnusableKey,
        envelope::{OpenError, SealingNonces},
        jwks::JwksDocument,
        sealed_key, thumbprint,
    },
    domain::{KeyId, KeyRecord, KeyState, MasterKeyId, RsaKeySize, SealedKey, SigningAlgorithm},
    ports::{Clock, Entropy, KeyGenerationFailed, KeyGenerator, KeyStore, StorageError},
};

/// Opens the stored signing keys and puts them into the [`KeyRing`]. On an
/// empty store it first makes one, unless another server is quicker.
///
/// What is published is derived from private keys that opened, so that whoever
/// can write to the store cannot plant a verification key.
pub struct LoadSigningKeys {
    pub keys: Arc<dyn KeyStore>,
    pub generator: Arc<dyn KeyGenerator>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub master_key: MasterKey,
    /// Of keys that are made from now on; stored ones keep theirs.
    pub algorithm: SigningAlgorithm,
    pub rsa_size: RsaKeySize,
    pub ring: Arc<KeyRing>,
}

#[derive(Debug, Error)]
pub enum LoadKeysError {
    #[error(transparent)]
    Unopened(UnopenedKeys),
    #[error("signing key {0}: {1}")]
    Unusable(KeyId, #[source] UnusableKey),
    #[error("the key store holds no active signing key")]
    NoActiveKey,
    #[error(transparent)]
    Generation(#[from] KeyGenerationFailed),
    #[error("cannot seal or render the signing keys: {0}")]
    Encoding(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The keys that the master key does not open, each with the reason.
#[derive(Debug)]
pub struct UnopenedKeys {
    pub master_key_id: MasterKeyId,
    pub keys: Vec<(KeyId, OpenError)>,
}

impl LoadSigningKeys {
    pub async fn run(&self) -> Result<Arc<LoadedKeys>, LoadKeysError> {
        let mut sealed = self.keys.load().await?;
        if sealed.is_empty() {
            let first = self.make_first().await?;
            // Whether this one was added or another server's: read what is there.
            self.keys.add_first(&first).await?;
            sealed = self.keys.load().await?;
        }
        let pairs = self.open_all(&sealed)?;
        let jwks = JwksDocument::render(pairs.iter().map(|(_, pair)| pair.jwk().clone()))
            .map_err(|e| LoadKeysError::Encoding(e.to_string()))?;
        let active = pairs
            .into_iter()
            .find_map(|(state, pair)| (state == KeyState::Active).then_some(pair))
            .ok_or(LoadKeysError::NoActiveKey)?;
        Ok(self.ring.install(LoadedKeys { active, jwks }))
    }

    async fn make_first(&self) -> Result<SealedKey, LoadKeysError> {
        let algorithm = self.algorithm;
        let private_key = self.generator.generate(algorithm, self.rsa_size).await?;
        let kid = thumbprint(&private_key).map_err(|e| KeyGenerationFailed(e.to_string()))?;
        let record = KeyRecord {
            kid,
            algorithm,
            created_at: self.clock.now(),
        };
        let mut nonces = SealingNonces {
            data_key: Zeroizing::new([0; 32]),
            nonce: [0; 12],
        };
        self.entropy.fill(nonces.data_key.as_mut_slice());
        self.entropy.fill(&mut nonces.nonce);
        sealed_key::seal(
            &private_key,
            record,
            KeyState::Active,
            &self.master_key,
            &nonces,
        )
        .map_err(|e| LoadKeysError::Encoding(e.to_string()))
    }

    fn open_all(
        &self,
        sealed: &[SealedKey],
    ) -> Result<Vec<(KeyState, SigningKeyPair)>, LoadKeysError> {
        let mut pairs = Vec::new();
        let mut unopened = Vec::new();
        for key in sealed {
            let KeyRecord { kid, algorithm, .. } = &key.record;
            match sealed_key::open(key, &self.master_key) {
                Ok(private_key) => {
                    let pair = SigningKeyPair::new(kid.clone(), *algorithm, &private_key)
                        .map_err(|e| LoadKeysError::Unusable(kid.clone(), e))?;
                    pairs.push((key.state, pair));
                }
                Err(reason) => unopened.push((kid.clone(), reason)),
            }
        }
        if unopened.is_empty() {
            return Ok(pairs);
        }
        Err(LoadKeysError::Unopened(UnopenedKeys {
            master_key_id: self.master_key.id(),
            keys: unopened,
        }))
    }
}

impl fmt::Display for UnopenedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.master_key_id;
        write!(
            f,
            "the master key {given} does not open these signing keys:"
        )?;
        for (kid, reason) in &self.keys {
            write!(f, "\n  {kid}: {reason}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnopenedKeys {}
