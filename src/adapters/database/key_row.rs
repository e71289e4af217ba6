//! Signing keys as rows of `keys`.

use std::time::Duration;

use sea_orm::Set;

use super::{entities::keys, error::Row};
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

impl TryFrom<keys::Model> for StoredKey {
    type Error = StorageError;

    fn try_from(model: keys::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "keys",
            id: &model.kid,
        };
        let lifetime = u64::try_from(model.longest_lifetime)
            .map_err(|e| row.corrupt("longest_lifetime", e))?;
        Ok(Self {
            record: KeyRecord {
                kid: model.kid.parse().map_err(|e| row.corrupt("kid", e))?,
                algorithm: (model.algorithm.parse()).map_err(|e| row.corrupt("algorithm", e))?,
                created_at: model.created_at,
            },
            life: KeyLife {
                state: model.state.parse().map_err(|e| row.corrupt("state", e))?,
                published_at: model.published_at,
                activated_at: model.activated_at,
                retired_at: model.retired_at,
                expired_at: model.expired_at,
                longest_lifetime: Duration::from_micros(lifetime),
                tokens_expire_at: model.tokens_expire_at,
            },
            sealed: envelope_of(&model, row)?,
            public_jwk: model.public_jwk,
        })
    }
}

/// All of the envelope's columns are there, or none.
fn envelope_of(model: &keys::Model, row: Row<'_>) -> Result<Option<Envelope>, StorageError> {
    let Some(ciphertext) = model.ciphertext.clone() else {
        return Ok(None);
    };
    let missing = |column| move || row.corrupt(column, "is missing");
    let format_version = model.format_version.ok_or_else(missing("format_version"))?;
    let master_key_id = (model.master_key_id.as_ref()).ok_or_else(missing("master_key_id"))?;
    let wrapped = (model.wrapped_data_key.as_deref()).ok_or_else(missing("wrapped_data_key"))?;
    let nonce = model.nonce.as_deref().ok_or_else(missing("nonce"))?;
    Ok(Some(Envelope {
        format_version: u16::try_from(format_version)
            .map_err(|e| row.corrupt("format_version", e))?,
        master_key_id: (master_key_id.parse()).map_err(|e| row.corrupt("master_key_id", e))?,
        wrapped_data_key: (wrapped.try_into())
            .map_err(|_| row.corrupt("wrapped_data_key", "not 40 bytes"))?,
        nonce: (nonce.try_into()).map_err(|_| row.corrupt("nonce", "not 12 bytes"))?,
        ciphertext,
    }))
}
