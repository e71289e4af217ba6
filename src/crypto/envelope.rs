//! Envelope encryption: AES-256-GCM (NIST SP 800-38D) under a data key that
//! seals this one secret, AES-KW (RFC 3394) of the data key under the master key.

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use aes_kw::KwAes256;
use thiserror::Error;
use zeroize::Zeroizing;

use super::MasterKey;
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
    let mut wrapped_data_key = [0; 40];
    KwAes256::new(master_key.expose().into())
        .wrap_key(nonces.data_key.as_slice(), &mut wrapped_data_key)
        .map_err(|_| TooLarge)?;
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
        wrapped_data_key,
        nonce: nonces.nonce,
        ciphertext,
    })
}

/// Decrypts what [`seal`] made of the same context under the same master key.
pub fn open(
    envelope: &Envelope,
    context: &[u8],
    master_key: &MasterKey,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if envelope.format_version != FORMAT_VERSION {
        return Err(OpenError::UnknownFormat(envelope.format_version));
    }
    if envelope.master_key_id != master_key.id() {
        return Err(OpenError::OtherMasterKey(envelope.master_key_id));
    }
    let mut data_key = Zeroizing::new([0; 32]);
    KwAes256::new(master_key.expose().into())
        .unwrap_key(&envelope.wrapped_data_key, data_key.as_mut_slice())
        .map_err(|_| OpenError::Altered)?;
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

fn versioned(format_version: u16, context: &[u8]) -> Vec<u8> {
    [&format_version.to_be_bytes(), context].concat()
}
