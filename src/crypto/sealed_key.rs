//! Signing keys in envelopes: what the additional data binds.

use super::{
    MasterKey, MasterKeys, PrivateKey,
    envelope::{self, OpenError, SealingNonces, TooLarge},
};
use crate::domain::{Envelope, KeyRecord};

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
