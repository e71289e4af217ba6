use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryTrait};

use super::{Database, entities::keys, error::unavailable, key_row};
use crate::{
    domain::{KeyChange, KeySet, KeyState, KeyTimings, StoredKey},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
};

#[derive(Debug)]
pub struct SqlKeyStore(Database);

impl SqlKeyStore {
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Each row by itself, for those who ask which of them can be read back.
    pub async fn rows(&self) -> Result<Vec<Result<StoredKey, StorageError>>, StorageError> {
        rows(self.0.reader()).await
    }
}

#[async_trait]
impl KeyStore for SqlKeyStore {
    async fn load(&self) -> Result<KeySet, StorageError> {
        load(self.0.reader()).await
    }

    async fn change(
        &self,
        change: &KeyChange,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        // The write lock is held from here on: no other change comes between.
        let transaction = self.0.begin_write().await.map_err(unavailable)?;
        let before = load(&transaction).await?;
        let Some(after) = before.after(change) else {
            return Ok(KeyChanged::Outdated);
        };
        write(&transaction, &before, &after).await?;
        if change.is_late(clock.now()) {
            return Err(StorageError::unavailable(
                "the change of the signing keys had to wait too long and was rolled back",
            ));
        }
        transaction.commit().await.map_err(unavailable)?;
        warn_of_late_commit(change, clock);
        Ok(KeyChanged::Done)
    }
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
    let keys: Result<_, _> = rows(connection).await?.into_iter().collect();
    keys.map(KeySet::new)
}

async fn rows(
    connection: &impl ConnectionTrait,
) -> Result<Vec<Result<StoredKey, StorageError>>, StorageError> {
    let query = keys::Entity::find().build(connection.get_database_backend());
    let rows = connection.query_all_raw(query).await.map_err(unavailable)?;
    Ok(rows.iter().map(key_row::read).collect())
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
