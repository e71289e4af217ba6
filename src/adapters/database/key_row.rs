//! Signing keys as rows of `keys`.

use std::time::Duration;

use sea_orm::{QueryResult, Set};

use super::{
    entities::keys,
    sealed_row::{SealedRow, id_of},
};
use crate::{
    domain::{KeyLife, KeyRecord, KeyState, StoredKey},
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
        longest_lifetime: Set(micros(life.longest_lifetime)?),
        still_signing: Set(micros(life.still_signing)?),
        publish_ahead: Set(micros(life.publish_ahead)?),
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
    let state = key.parse("state")?;
    Ok(StoredKey {
        record: KeyRecord {
            kid: key.parse("kid")?,
            algorithm: key.parse("algorithm")?,
            created_at: key.date("created_at")?,
        },
        life: life(key, state)?,
        public_jwk: key.get("public_jwk")?,
        sealed: match state {
            KeyState::Expired => nothing_sealed(key).map(|()| None)?,
            _ => Some(key.envelope()?),
        },
    })
}

/// The dates that the state wants are there.
fn life(key: SealedRow<'_>, state: KeyState) -> Result<KeyLife, StorageError> {
    let date = |column, wanted| match key.optional_date(column)? {
        None if wanted => Err(key.corrupt(column, "is missing")),
        date => Ok(date),
    };
    let retired = state == KeyState::Retired;
    Ok(KeyLife {
        state,
        published_at: key.date("published_at")?,
        activated_at: date("activated_at", state == KeyState::Active)?,
        retired_at: date("retired_at", retired)?,
        expired_at: date("expired_at", state == KeyState::Expired)?,
        longest_lifetime: duration(key, "longest_lifetime")?,
        still_signing: duration(key, "still_signing")?,
        publish_ahead: duration(key, "publish_ahead")?,
        tokens_expire_at: date("tokens_expire_at", retired)?,
    })
}

fn micros(duration: Duration) -> Result<i64, StorageError> {
    i64::try_from(duration.as_micros()).map_err(StorageError::unavailable)
}

/// Microseconds, at most as long as any token lives.
fn duration(key: SealedRow<'_>, column: &'static str) -> Result<Duration, StorageError> {
    let micros: i64 = key.get(column)?;
    let micros = u64::try_from(micros).map_err(|e| key.corrupt(column, e))?;
    Some(Duration::from_micros(micros))
        .filter(|duration| *duration <= KeyLife::LONGEST_LIFETIME)
        .ok_or_else(|| key.corrupt(column, "is longer than ten years"))
}

/// Of an expired key no column of the envelope is left.
fn nothing_sealed(key: SealedRow<'_>) -> Result<(), StorageError> {
    let left = |column| key.corrupt(column, "is left of an expired key");
    if key.get::<Option<i16>>("format_version")?.is_some() {
        return Err(left("format_version"));
    }
    if key.get::<Option<String>>("master_key_id")?.is_some() {
        return Err(left("master_key_id"));
    }
    for column in ["wrapped_data_key", "nonce", "ciphertext"] {
        if key.get::<Option<Vec<u8>>>(column)?.is_some() {
            return Err(left(column));
        }
    }
    Ok(())
}
