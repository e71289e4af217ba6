//! Refresh keys as rows of `refresh_keys`.

use sea_orm::Set;

use super::{entities::refresh_keys, error::Row, key_row::check_date};
use crate::{
    domain::{Envelope, RefreshKeyId, RefreshKeyRecord, StoredRefreshKey},
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

impl TryFrom<refresh_keys::Model> for StoredRefreshKey {
    type Error = StorageError;

    fn try_from(model: refresh_keys::Model) -> Result<Self, Self::Error> {
        let id = model.id.to_string();
        let row = Row {
            table: "refresh_keys",
            id: &id,
        };
        check_date(row, "created_at", model.created_at)?;
        check_date(row, "signs_from", model.signs_from)?;
        Ok(Self {
            record: RefreshKeyRecord {
                id: u32::try_from(model.id)
                    .map(RefreshKeyId::new)
                    .map_err(|e| row.corrupt("id", e))?,
                created_at: model.created_at,
            },
            signs_from: model.signs_from,
            sealed: Envelope {
                format_version: u16::try_from(model.format_version)
                    .map_err(|e| row.corrupt("format_version", e))?,
                master_key_id: (model.master_key_id.parse())
                    .map_err(|e| row.corrupt("master_key_id", e))?,
                wrapped_data_key: (model.wrapped_data_key.as_slice().try_into())
                    .map_err(|_| row.corrupt("wrapped_data_key", "not 40 bytes"))?,
                nonce: (model.nonce.as_slice().try_into())
                    .map_err(|_| row.corrupt("nonce", "not 12 bytes"))?,
                ciphertext: model.ciphertext,
            },
        })
    }
}
