use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, TransactionTrait};

use super::{
    Database,
    entities::{keys, refresh_keys},
    error::unavailable,
    key_row, refresh_key_row,
};
use crate::{
    domain::{KeyChange, KeySet, KeyState, StoredKey, StoredRefreshKey},
    ports::{KeyChanged, KeyStore, StorageError},
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
    async fn load(&self) -> Result<KeySet, StorageError> {
        // Both tables as they were at one moment.
        let snapshot = self.0.reader().begin().await.map_err(unavailable)?;
        load(&snapshot).await
    }

    async fn change(&self, change: &KeyChange) -> Result<KeyChanged, StorageError> {
        // The write lock is held from here on: no other change comes between.
        let transaction = self.0.begin_write().await.map_err(unavailable)?;
        let before = load(&transaction).await?;
        let Some(after) = before.after(change) else {
            return Ok(KeyChanged::Outdated);
        };
        write(&transaction, &before, &after).await?;
        write_refresh_keys(&transaction, &before, &after).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(KeyChanged::Done)
    }
}

async fn load(connection: &impl ConnectionTrait) -> Result<KeySet, StorageError> {
    let signing = keys::Entity::find().all(connection).await;
    let refresh = refresh_keys::Entity::find().all(connection).await;
    Ok(KeySet::new(
        (signing.map_err(unavailable)?.into_iter())
            .map(StoredKey::try_from)
            .collect::<Result<_, _>>()?,
        (refresh.map_err(unavailable)?.into_iter())
            .map(StoredRefreshKey::try_from)
            .collect::<Result<_, _>>()?,
    ))
}

/// Replaces the refresh keys that differ.
async fn write_refresh_keys(
    connection: &impl ConnectionTrait,
    before: &KeySet,
    after: &KeySet,
) -> Result<(), StorageError> {
    let (before, after) = (before.refresh_keys(), after.refresh_keys());
    for key in before.iter().filter(|key| !after.contains(key)) {
        refresh_keys::Entity::delete_by_id(i64::from(key.record.id.number()))
            .exec(connection)
            .await
            .map_err(unavailable)?;
    }
    for key in after.iter().filter(|key| !before.contains(key)) {
        refresh_keys::Entity::insert(refresh_key_row::of(key)?)
            .exec_without_returning(connection)
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}

/// Writes the keys that differ. A key leaves a state before another enters it,
/// since only one may be active and only one the next.
async fn write(
    connection: &impl ConnectionTrait,
    before: &KeySet,
    after: &KeySet,
) -> Result<(), StorageError> {
    let changed = |key: &&StoredKey| before.get(&key.record.kid) != Some(key);
    let mut keys: Vec<_> = after.keys().iter().filter(changed).collect();
    keys.sort_by_key(|key| match key.life.state {
        KeyState::Expired => 0,
        KeyState::Retired => 1,
        KeyState::Active => 2,
        KeyState::Next => 3,
    });
    for key in keys {
        let row = key_row::of(key)?;
        let is_new = before.get(&key.record.kid).is_none();
        write_row(connection, row, is_new)
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}

async fn write_row(
    connection: &impl ConnectionTrait,
    row: keys::ActiveModel,
    is_new: bool,
) -> Result<(), DbErr> {
    if is_new {
        keys::Entity::insert(row)
            .exec_without_returning(connection)
            .await
            .map(drop)
    } else {
        keys::Entity::update(row).exec(connection).await.map(drop)
    }
}
