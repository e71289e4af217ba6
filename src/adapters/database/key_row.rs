//! Signing keys as rows of `keys`.

use std::time::Duration;

use sea_orm::{QueryResult, Set};

use super::{
    entities::keys,
    sealed_row::{SealedRow, id_of},
};
use crate::{
    domain::{Envelope, KeyLife, KeyRecord, StoredKey},
    ports::StorageError,
};

pub(super) fn of(key: &StoredKey) -> Result<keys::ActiveModel, StorageError> {
    let StoredKey {
        record,
        life,
        public_jwk,
        sealed,
    } = key;
    let sealed = sealed.as_ref();
    let format_version = sealed.map(|envelope| i16::try_from(envelope.format_version));
    Ok(keys::ActiveModel {
        kid: Set(record.kid.to_string()),
        algorithm: Set(record.algorithm.as_str().to_owned()),
        state: Set(life.state.as_str().to_owned()),
        created_at: Set(record.created_at),
        published_at: Set(life.published_at),
        activated_at: Set(life.activated_at),
        retired_at: Set(life.retired_at),
        expired_at: Set(life.expired_at),
        longest_lifetime: Set(
            i64::try_from(life.longest_lifetime.as_micros()).map_err(StorageError::unavailable)?
        ),
        tokens_expire_at: Set(life.tokens_expire_at),
        public_jwk: Set(public_jwk.clone()),
        format_version: Set(format_version
            .transpose()
            .map_err(StorageError::unavailable)?),
        master_key_id: Set(sealed.map(|envelope| envelope.master_key_id.to_string())),
        wrapped_data_key: Set(sealed.map(|envelope| envelope.wrapped_data_key.to_vec())),
        nonce: Set(sealed.map(|envelope| envelope.nonce.to_vec())),
        ciphertext: Set(sealed.map(|envelope| envelope.ciphertext.clone())),
    })
}

/// Column by column, so that what cannot be read back is named.
pub(super) fn read(row: &QueryResult) -> Result<StoredKey, StorageError> {
    let kid: String = id_of(row, "keys", "kid")?;
    let key = SealedRow::new(row, "keys", &kid);
    let lifetime: i64 = key.get("longest_lifetime")?;
    let lifetime = u64::try_from(lifetime).map_err(|e| key.corrupt("longest_lifetime", e))?;
    Ok(StoredKey {
        record: KeyRecord {
            kid: key.parse("kid")?,
            algorithm: key.parse("algorithm")?,
            created_at: key.get("created_at")?,
        },
        life: KeyLife {
            state: key.parse("state")?,
            published_at: key.get("published_at")?,
            activated_at: key.get("activated_at")?,
            retired_at: key.get("retired_at")?,
            expired_at: key.get("expired_at")?,
            longest_lifetime: Duration::from_micros(lifetime),
            tokens_expire_at: key.get("tokens_expire_at")?,
        },
        public_jwk: key.get("public_jwk")?,
        sealed: envelope(key)?,
    })
}

/// All of the envelope's columns are there, or none.
fn envelope(key: SealedRow<'_>) -> Result<Option<Envelope>, StorageError> {
    let ciphertext: Option<Vec<u8>> = key.get("ciphertext")?;
    ciphertext.map(|_| key.envelope()).transpose()
}
