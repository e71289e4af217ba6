use std::sync::Arc;

use zeroize::Zeroizing;

use super::KeysError;
use crate::{
    crypto::{
        MasterKey, PrivateKey, SigningKeyPair, envelope::SealingNonces, sealed_key, thumbprint,
    },
    domain::{
        KeyId, KeyLife, KeyRecord, RefreshKeyId, RefreshKeyRecord, RsaKeySize, SigningAlgorithm,
        StoredKey, StoredRefreshKey,
    },
    ports::{Clock, Entropy, KeyGenerationFailed, KeyGenerator},
};

/// Makes keys and seals them for the store.
pub struct KeyMaker {
    pub generator: Arc<dyn KeyGenerator>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub master_key: MasterKey,
    pub algorithm: SigningAlgorithm,
    pub rsa_size: RsaKeySize,
}

impl KeyMaker {
    /// A new key of the configured algorithm, named by its thumbprint, to sign next.
    pub async fn make(&self) -> Result<StoredKey, KeysError> {
        self.make_for(self.algorithm).await
    }

    pub async fn make_for(&self, algorithm: SigningAlgorithm) -> Result<StoredKey, KeysError> {
        let private_key = self.generator.generate(algorithm, self.rsa_size).await?;
        let kid = thumbprint(&private_key).map_err(|e| KeyGenerationFailed(e.to_string()))?;
        self.seal(&private_key, kid, algorithm)
    }

    /// Any key under this id, to sign next.
    pub fn seal(
        &self,
        private_key: &PrivateKey,
        kid: KeyId,
        algorithm: SigningAlgorithm,
    ) -> Result<StoredKey, KeysError> {
        let pair = SigningKeyPair::new(kid.clone(), algorithm, private_key)
            .map_err(|e| KeysError::Unusable(kid.clone(), e))?;
        let now = self.clock.now();
        let record = KeyRecord {
            kid,
            algorithm,
            created_at: now,
        };
        let envelope = sealed_key::seal(private_key, &record, &self.master_key, &self.nonces())
            .map_err(|e| KeysError::Encoding(e.to_string()))?;
        Ok(StoredKey {
            record,
            life: KeyLife::next(now),
            public_jwk: serde_json::to_string(pair.jwk())
                .map_err(|e| KeysError::Encoding(e.to_string()))?,
            sealed: Some(envelope),
        })
    }

    /// A new refresh key of 256 random bits, which signs as soon as it is stored.
    pub fn make_refresh_key(&self, id: RefreshKeyId) -> Result<StoredRefreshKey, KeysError> {
        let mut secret = Zeroizing::new([0; 32]);
        self.entropy.fill(secret.as_mut_slice());
        let record = RefreshKeyRecord {
            id,
            created_at: self.clock.now(),
        };
        let nonces = self.nonces();
        let sealed = sealed_key::seal_refresh_key(&secret, &record, &self.master_key, &nonces)
            .map_err(|e| KeysError::Encoding(e.to_string()))?;
        Ok(StoredRefreshKey {
            record,
            signs_from: record.created_at,
            sealed,
        })
    }

    fn nonces(&self) -> SealingNonces {
        let mut nonces = SealingNonces {
            data_key: Zeroizing::new([0; 32]),
            nonce: [0; 12],
        };
        self.entropy.fill(nonces.data_key.as_mut_slice());
        self.entropy.fill(&mut nonces.nonce);
        nonces
    }
}
