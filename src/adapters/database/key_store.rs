use async_trait::async_trait;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder, Set};

use super::{
    Database,
    entities::keys,
    error::{Row, unavailable},
};
use crate::{
    domain::{Envelope, KeyRecord, SealedKey},
    ports::{FirstKey, KeyStore, StorageError},
};

#[derive(Debug)]
pub struct SqlKeyStore(Database);

impl SqlKeyStore {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl KeyStore for SqlKeyStore {
    async fn load(&self) -> Result<Vec<SealedKey>, StorageError> {
        keys::Entity::find()
            .order_by_asc(keys::Column::CreatedAt)
            .order_by_asc(keys::Column::Kid)
            .all(self.0.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(SealedKey::try_from)
            .collect()
    }

    async fn add_first(&self, key: &SealedKey) -> Result<FirstKey, StorageError> {
        let row = row_of(key)?;
        let transaction = self.0.begin_write().await.map_err(unavailable)?;
        let present = keys::Entity::find()
            .count(&transaction)
            .await
            .map_err(unavailable)?;
        if present > 0 {
            return Ok(FirstKey::NotFirst);
        }
        keys::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(FirstKey::Added)
    }
}

fn row_of(key: &SealedKey) -> Result<keys::ActiveModel, StorageError> {
    let SealedKey {
        record,
        state,
        envelope,
    } = key;
    Ok(keys::ActiveModel {
        kid: Set(record.kid.to_string()),
        algorithm: Set(record.algorithm.as_str().to_owned()),
        state: Set(state.as_str().to_owned()),
        created_at: Set(record.created_at),
        format_version: Set(
            i16::try_from(envelope.format_version).map_err(StorageError::unavailable)?
        ),
        master_key_id: Set(envelope.master_key_id.to_string()),
        wrapped_data_key: Set(envelope.wrapped_data_key.to_vec()),
        nonce: Set(envelope.nonce.to_vec()),
        ciphertext: Set(envelope.ciphertext.clone()),
    })
}

impl TryFrom<keys::Model> for SealedKey {
    type Error = StorageError;

    fn try_from(model: keys::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "keys",
            id: &model.kid,
        };
        Ok(Self {
            record: KeyRecord {
                kid: model.kid.parse().map_err(|e| row.corrupt("kid", e))?,
                algorithm: (model.algorithm.parse()).map_err(|e| row.corrupt("algorithm", e))?,
                created_at: model.created_at,
            },
            state: model.state.parse().map_err(|e| row.corrupt("state", e))?,
            envelope: Envelope {
                format_version: u16::try_from(model.format_version)
                    .map_err(|e| row.corrupt("format_version", e))?,
                master_key_id: (model.master_key_id.parse())
                    .map_err(|e| row.corrupt("master_key_id", e))?,
                wrapped_data_key: (model.wrapped_data_key.try_into())
                    .map_err(|_| row.corrupt("wrapped_data_key", "not 40 bytes"))?,
                nonce: (model.nonce.try_into())
                    .map_err(|_| row.corrupt("nonce", "not 12 bytes"))?,
                ciphertext: model.ciphertext,
            },
        })
    }
}
