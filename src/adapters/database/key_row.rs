//! Signing keys as rows of `keys`.

use std::time::Duration;

use chrono::Datelike;
use sea_orm::Set;

use super::{entities::keys, error::Row};
use crate::{
    domain::{Envelope, KeyLife, KeyRecord, KeyState, StoredKey, Timestamp},
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
        let state = model.state.parse().map_err(|e| row.corrupt("state", e))?;
        check_dates(&model, state, row)?;
        Ok(Self {
            record: KeyRecord {
                kid: model.kid.parse().map_err(|e| row.corrupt("kid", e))?,
                algorithm: (model.algorithm.parse()).map_err(|e| row.corrupt("algorithm", e))?,
                created_at: model.created_at,
            },
            life: KeyLife {
                state,
                published_at: model.published_at,
                activated_at: model.activated_at,
                retired_at: model.retired_at,
                expired_at: model.expired_at,
                longest_lifetime: duration(row, "longest_lifetime", model.longest_lifetime)?,
                tokens_expire_at: model.tokens_expire_at,
            },
            sealed: match state {
                KeyState::Expired => nothing_sealed(&model, row).map(|()| None)?,
                _ => Some(envelope_of(&model, row)?),
            },
            public_jwk: model.public_jwk,
        })
    }
}

/// Microseconds, at most as long as any token lives.
fn duration(row: Row<'_>, column: &'static str, micros: i64) -> Result<Duration, StorageError> {
    let micros = u64::try_from(micros).map_err(|e| row.corrupt(column, e))?;
    Some(Duration::from_micros(micros))
        .filter(|duration| *duration <= KeyLife::LONGEST_LIFETIME)
        .ok_or_else(|| row.corrupt(column, "is longer than ten years"))
}

/// The year 9999 is the last that RFC 3339 can write; far beyond it, adding to
/// a date fails.
pub(super) fn check_date(
    row: Row<'_>,
    column: &'static str,
    date: Timestamp,
) -> Result<(), StorageError> {
    if (1970..=9999).contains(&date.year()) {
        Ok(())
    } else {
        Err(row.corrupt(column, "is not between the years 1970 and 9999"))
    }
}

/// The dates that the state wants are there, and none is out of this world.
fn check_dates(model: &keys::Model, state: KeyState, row: Row<'_>) -> Result<(), StorageError> {
    check_date(row, "created_at", model.created_at)?;
    check_date(row, "published_at", model.published_at)?;
    let retired = state == KeyState::Retired;
    for (column, date, wanted) in [
        (
            "activated_at",
            model.activated_at,
            state == KeyState::Active,
        ),
        ("retired_at", model.retired_at, retired),
        ("tokens_expire_at", model.tokens_expire_at, retired),
        ("expired_at", model.expired_at, state == KeyState::Expired),
    ] {
        match date {
            Some(date) => check_date(row, column, date)?,
            None if wanted => return Err(row.corrupt(column, "is missing")),
            None => {}
        }
    }
    Ok(())
}

/// Of an expired key no column of the envelope is left.
fn nothing_sealed(model: &keys::Model, row: Row<'_>) -> Result<(), StorageError> {
    let left = [
        ("format_version", model.format_version.is_some()),
        ("master_key_id", model.master_key_id.is_some()),
        ("wrapped_data_key", model.wrapped_data_key.is_some()),
        ("nonce", model.nonce.is_some()),
        ("ciphertext", model.ciphertext.is_some()),
    ];
    match left.into_iter().find(|(_, is_left)| *is_left) {
        Some((column, _)) => Err(row.corrupt(column, "is left of an expired key")),
        None => Ok(()),
    }
}

/// Of any other key all columns of the envelope are there.
fn envelope_of(model: &keys::Model, row: Row<'_>) -> Result<Envelope, StorageError> {
    let missing = |column| move || row.corrupt(column, "is missing");
    let format_version = model.format_version.ok_or_else(missing("format_version"))?;
    let master_key_id = (model.master_key_id.as_ref()).ok_or_else(missing("master_key_id"))?;
    let wrapped = (model.wrapped_data_key.as_deref()).ok_or_else(missing("wrapped_data_key"))?;
    let nonce = model.nonce.as_deref().ok_or_else(missing("nonce"))?;
    let ciphertext = (model.ciphertext.clone()).ok_or_else(missing("ciphertext"))?;
    Ok(Envelope {
        format_version: u16::try_from(format_version)
            .map_err(|e| row.corrupt("format_version", e))?,
        master_key_id: (master_key_id.parse()).map_err(|e| row.corrupt("master_key_id", e))?,
        wrapped_data_key: (wrapped.try_into())
            .map_err(|_| row.corrupt("wrapped_data_key", "not 40 bytes"))?,
        nonce: (nonce.try_into()).map_err(|_| row.corrupt("nonce", "not 12 bytes"))?,
        ciphertext,
    })
}
