//! Refresh keys as rows of `refresh_keys`.

use sea_orm::{QueryResult, Set};

use super::{
    entities::refresh_keys,
    sealed_row::{SealedRow, id_of},
};
use crate::{
    domain::{RefreshKeyId, RefreshKeyRecord, StoredRefreshKey},
    ports::StorageError,
};

pub(super) fn of(key: &StoredRefreshKey) -> Result<refresh_keys::ActiveModel, StorageError> {
    let StoredRefreshKey {
        record,
        signs_from,
        sealed,
    } = key;
    Ok(refresh_keys::ActiveModel {
        id: Set(record.id.number().into()),
        created_at: Set(record.created_at),
        signs_from: Set(*signs_from),
        format_version: Set(
            i16::try_from(sealed.format_version).map_err(StorageError::unavailable)?
        ),
        master_key_id: Set(sealed.master_key_id.to_string()),
        wrapped_data_key: Set(sealed.wrapped_data_key.to_vec()),
        nonce: Set(sealed.nonce.to_vec()),
        ciphertext: Set(sealed.ciphertext.clone()),
    })
}

pub(super) fn read(row: &QueryResult) -> Result<StoredRefreshKey, StorageError> {
    let number: i64 = id_of(row, "refresh_keys", "id")?;
    let id = number.to_string();
    let key = SealedRow::new(row, "refresh_keys", &id);
    Ok(StoredRefreshKey {
        record: RefreshKeyRecord {
            id: u32::try_from(number)
                .map(RefreshKeyId::new)
                .map_err(|e| key.corrupt("id", e))?,
            created_at: key.date("created_at")?,
        },
        signs_from: key.date("signs_from")?,
        sealed: key.envelope()?,
    })
}
