use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryTrait};

use super::{
    Database, audit_log,
    entities::{keys, refresh_keys},
    error::unavailable,
    key_row, refresh_key_row,
};
use crate::{
    domain::{KeyAct, KeyChange, KeySet, KeyState, KeyTimings, StoredKey, StoredRefreshKey},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
};

#[derive(Debug)]
pub struct SqlKeyStore(Database);

/// The rows of all keys, those that cannot be read back among them.
#[derive(Debug)]
pub struct KeyRows {
    pub signing: Vec<Result<StoredKey, StorageError>>,
    pub refresh: Vec<Result<StoredRefreshKey, StorageError>>,
}

impl SqlKeyStore {
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Each row by itself, for those who ask which of them can be read back.
    pub async fn rows(&self) -> Result<KeyRows, StorageError> {
        rows(self.0.reader()).await
    }
}

#[async_trait]
impl KeyStore for SqlKeyStore {
    async fn load(&self) -> Result<KeySet, StorageError> {
        // Both tables as they were at one moment.
        let loading = async || {
            let snapshot = self.0.reader().snapshot().await.map_err(unavailable)?;
            let keys = load(&snapshot).await?;
            snapshot.commit().await.map_err(unavailable)?;
            Ok(keys)
        };
        let loaded = self.0.reader().read_in_time(loading).await;
        loaded.map_err(unavailable)?
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        let committing = AtomicBool::new(false);
        let changing = || self.change_now(change, by, clock, &committing);
        let changed = Box::pin(self.0.reader().change_in_time(changing)).await;
        // Also where its answer was lost, or not waited for: it may be stored.
        if committing.into_inner() {
            warn_of_late_commit(change, clock);
        }
        changed.map_err(unavailable)?
    }
}

impl SqlKeyStore {
    async fn change_now(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
        committing: &AtomicBool,
    ) -> Result<KeyChanged, StorageError> {
        // No other change comes between from its first query on.
        let transaction = self.0.begin_key_change().await.map_err(unavailable)?;
        let before = load(&transaction).await?;
        let Some(after) = before.after(change) else {
            transaction.rollback().await.map_err(unavailable)?;
            return Ok(KeyChanged::Outdated);
        };
        write(&transaction, &before, &after).await?;
        write_refresh_keys(&transaction, &before, &after).await?;
        if let Some(by) = by {
            audit_log::insert(&transaction, &by.event(&before, &after)).await?;
        }
        if change.is_late(clock.now()) {
            return Err(StorageError::unavailable(
                "the change of the signing keys had to wait too long and was rolled back",
            ));
        }
        committing.store(true, Ordering::Relaxed);
        transaction.commit().await.map_err(unavailable)?;
        if deletes_secrets(&before, &after) {
            self.0.erase_log().await;
        }
        Ok(KeyChanged::Done)
    }
}

fn deletes_secrets(before: &KeySet, after: &KeySet) -> bool {
    let left: Vec<_> = after.sealed().collect();
    before.sealed().any(|sealed| !left.contains(&sealed))
}

fn warn_of_late_commit(change: &KeyChange, clock: &dyn Clock) {
    let Some(dated) = change.dated() else { return };
    if dated + KeyTimings::COMMIT_DELAY < clock.now() {
        tracing::error!(
            %dated,
            limit = ?KeyTimings::COMMIT_DELAY,
            "the disk took too long to store a change of the signing keys: a verifier may not know \
             the next one in time, unless `signet keys revoke` replaces it"
        );
    }
}

async fn load(connection: &impl ConnectionTrait) -> Result<KeySet, StorageError> {
    let KeyRows { signing, refresh } = rows(connection).await?;
    Ok(KeySet::new(
        signing.into_iter().collect::<Result<_, _>>()?,
        refresh.into_iter().collect::<Result<_, _>>()?,
    ))
}

async fn rows(connection: &impl ConnectionTrait) -> Result<KeyRows, StorageError> {
    let backend = connection.get_database_backend();
    let signing = keys::Entity::find().build(backend);
    let signing = connection
        .query_all_raw(signing)
        .await
        .map_err(unavailable)?;
    let refresh = refresh_keys::Entity::find().build(backend);
    let refresh = connection
        .query_all_raw(refresh)
        .await
        .map_err(unavailable)?;
    Ok(KeyRows {
        signing: signing.iter().map(key_row::read).collect(),
        refresh: refresh.iter().map(refresh_key_row::read).collect(),
    })
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
