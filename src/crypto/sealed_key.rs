//! Signing keys and refresh keys in envelopes: what the additional data binds.

use zeroize::Zeroizing;

use super::{
    MasterKey, MasterKeys, PrivateKey,
    envelope::{self, OpenError, SealingNonces, TooLarge},
    refresh_token::RefreshKey,
};
use crate::domain::{Envelope, KeyRecord, RefreshKeyRecord, StoredRefreshKey};

pub fn seal(
    private_key: &PrivateKey,
    record: &KeyRecord,
    master_key: &MasterKey,
    nonces: &SealingNonces,
) -> Result<Envelope, TooLarge> {
    envelope::seal(
        private_key.pkcs8_der(),
        &context(record),
        master_key,
        nonces,
    )
}

pub fn open(
    envelope: &Envelope,
    record: &KeyRecord,
    master_keys: &MasterKeys,
) -> Result<PrivateKey, OpenError> {
    envelope::open(envelope, &context(record), master_keys).map(PrivateKey::from_pkcs8_der)
}

pub fn seal_refresh_key(
    secret: &[u8; 32],
    record: &RefreshKeyRecord,
    master_key: &MasterKey,
    nonces: &SealingNonces,
) -> Result<Envelope, TooLarge> {
    envelope::seal(secret, &refresh_key_context(record), master_key, nonces)
}

pub fn open_refresh_key(
    key: &StoredRefreshKey,
    master_keys: &MasterKeys,
) -> Result<RefreshKey, OpenError> {
    let context = refresh_key_context(&key.record);
    let secret = envelope::open(&key.sealed, &context, master_keys)?;
    let secret = Zeroizing::new(<[u8; 32]>::try_from(&secret[..]).map_err(|_| OpenError::Altered)?);
    Ok(RefreshKey::new(key.record.id, &secret))
}

fn refresh_key_context(record: &RefreshKeyRecord) -> Vec<u8> {
    let mut bytes = b"signet refresh key\0".to_vec();
    bytes.extend(record.id.number().to_be_bytes());
    bytes.extend(record.created_at.timestamp_micros().to_be_bytes());
    bytes
}

/// The record in an unambiguous form: each text is preceded by its length, so
/// that no two records give the same bytes.
fn context(record: &KeyRecord) -> Vec<u8> {
    let mut bytes = b"signet signing key\0".to_vec();
    for text in [record.kid.as_str(), record.algorithm.as_str()] {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(record.created_at.timestamp_micros().to_be_bytes());
    bytes
}
