//! Envelope encryption: AES-256-GCM (NIST SP 800-38D) under a data key that
//! seals this one secret, AES-KW (RFC 3394) of the data key under the master key.

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use aes_kw::{
    KwAes256,
    cipher::{array::Array, consts::U32},
};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{MasterKey, MasterKeys};
use crate::domain::{Envelope, MasterKeyId};

/// What this build writes and reads.
pub const FORMAT_VERSION: u16 = 1;

/// The chance that one sealing needs: fresh for each, or GCM's guarantees end.
#[derive(Debug)]
pub struct SealingNonces {
    pub data_key: Zeroizing<[u8; 32]>,
    pub nonce: [u8; 12],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    #[error("sealed in format {0}, which this version of Signet does not know")]
    UnknownFormat(u16),
    #[error("sealed under master key {0}, which was not given")]
    OtherMasterKey(MasterKeyId),
    #[error("the sealed data was altered, or moved from the record it was sealed for")]
    Altered,
}

/// The secret does not fit what AES-GCM can encrypt (64 GiB).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secret is too large to seal")]
pub struct TooLarge;

/// Encrypts `secret`, bound to `context`: it opens only where the same context
/// is given.
pub fn seal(
    secret: &[u8],
    context: &[u8],
    master_key: &MasterKey,
    nonces: &SealingNonces,
) -> Result<Envelope, TooLarge> {
    let ciphertext = Aes256Gcm::new((&*nonces.data_key).into())
        .encrypt(
            (&nonces.nonce).into(),
            Payload {
                msg: secret,
                aad: &versioned(FORMAT_VERSION, context),
            },
        )
        .map_err(|_| TooLarge)?;
    Ok(Envelope {
        format_version: FORMAT_VERSION,
        master_key_id: master_key.id(),
        wrapped_data_key: wrap(&nonces.data_key, master_key),
        nonce: nonces.nonce,
        ciphertext,
    })
}

/// Decrypts what [`seal`] made of the same context under one of these master keys.
pub fn open(
    envelope: &Envelope,
    context: &[u8],
    master_keys: &MasterKeys,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let data_key = unwrap(envelope, master_keys)?;
    Aes256Gcm::new((&*data_key).into())
        .decrypt(
            (&envelope.nonce).into(),
            Payload {
                msg: &envelope.ciphertext,
                aad: &versioned(envelope.format_version, context),
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| OpenError::Altered)
}

/// The same envelope under the current master key. Only the data key is
/// unwrapped: what it encrypts stays sealed.
pub fn rewrap(envelope: &Envelope, master_keys: &MasterKeys) -> Result<Envelope, OpenError> {
    let data_key = unwrap(envelope, master_keys)?;
    Ok(Envelope {
        master_key_id: master_keys.current().id(),
        wrapped_data_key: wrap(&data_key, master_keys.current()),
        ..envelope.clone()
    })
}

fn wrap(data_key: &[u8; 32], master_key: &MasterKey) -> [u8; 40] {
    let data_key: &Array<u8, U32> = data_key.into();
    KwAes256::new(master_key.expose().into())
        .wrap_fixed_key(data_key)
        .into()
}

fn unwrap(envelope: &Envelope, master_keys: &MasterKeys) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    if envelope.format_version != FORMAT_VERSION {
        return Err(OpenError::UnknownFormat(envelope.format_version));
    }
    let master_key = master_keys
        .get(envelope.master_key_id)
        .ok_or(OpenError::OtherMasterKey(envelope.master_key_id))?;
    let mut data_key = Zeroizing::new([0; 32]);
    KwAes256::new(master_key.expose().into())
        .unwrap_key(&envelope.wrapped_data_key, data_key.as_mut_slice())
        .map_err(|_| OpenError::Altered)?;
    Ok(data_key)
}

fn versioned(format_version: u16, context: &[u8]) -> Vec<u8> {
    [&format_version.to_be_bytes(), context].concat()
}
