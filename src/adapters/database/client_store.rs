use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set, SqlErr,
    sea_query::{OnConflict, Query},
};

use super::{
    Database, audit_log,
    entities::{clients, revoked_tokens},
    error::{Row, unavailable},
    paging::part_of,
    purging::purge,
    transaction::Transaction,
    write_step::WriteStep,
};
use crate::{
    domain::{
        Act, AuditAction, AuditTarget, Client, ClientId, Page, PageRequest, SecretDigest,
        Timestamp, TokenId,
    },
    ports::{ClientStore, CreateClientError, StorageError},
};

#[derive(Debug)]
pub struct SqlClientStore(Database);

impl SqlClientStore {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl ClientStore for SqlClientStore {
    async fn create(&self, client: &Client, by: &Act) -> Result<(), CreateClientError> {
        self.0.write(Create(client.clone(), by.clone())).await
    }

    async fn find(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        clients::Entity::find_by_id(id.to_string())
            .one(self.0.reader())
            .await
            .map_err(unavailable)?
            .map(Client::try_from)
            .transpose()
    }

    async fn list(
        &self,
        page: &PageRequest<ClientId>,
    ) -> Result<Page<Client, ClientId>, StorageError> {
        let (at, id) = (clients::Column::CreatedAt, clients::Column::Id);
        let text = |id: &ClientId| id.to_string().into();
        let items = part_of(clients::Entity::find(), at, id, page, text)
            .all(self.0.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(Client::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(items, page.size, Client::position))
    }

    async fn delete(&self, id: &ClientId, by: &Act) -> Result<bool, StorageError> {
        self.0.write(Delete(id.clone(), by.clone())).await
    }

    async fn revoke_token(
        &self,
        token: TokenId,
        expires_at: Timestamp,
    ) -> Result<(), StorageError> {
        self.0.write(Revoke(token, expires_at)).await
    }

    async fn is_revoked(&self, token: TokenId) -> Result<bool, StorageError> {
        let found = revoked_tokens::Entity::find_by_id(token.to_string())
            .one(self.0.reader())
            .await
            .map_err(unavailable)?;
        Ok(found.is_some())
    }

    async fn purge_revoked(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let expired = |limit: u32| {
            Query::select()
                .column(revoked_tokens::Column::Jti)
                .from(revoked_tokens::Entity)
                .and_where(revoked_tokens::Column::ExpiresAt.lte(at))
                .limit(limit.into())
                .to_owned()
        };
        let delete = revoked_tokens::Entity::delete_many()
            .filter(revoked_tokens::Column::Jti.in_subquery(expired(limit)));
        purge(&self.0, &expired(1), delete).await
    }
}

#[derive(Clone)]
struct Create(Client, Act);

#[async_trait]
impl WriteStep for Create {
    type Output = ();
    type Error = CreateClientError;

    async fn apply(self, transaction: &Transaction) -> Result<(), CreateClientError> {
        let Self(client, by) = self;
        let inserted = clients::Entity::insert(row_of(&client)?)
            .exec_without_returning(transaction)
            .await;
        let Err(error) = inserted else {
            let target = AuditTarget::Client(client.id.clone());
            let event = by.created(AuditAction::CreateClient, target, client.snapshot());
            return Ok(audit_log::insert(transaction, &event).await?);
        };
        match error.sql_err() {
            // The id is random: only the name can be taken.
            Some(SqlErr::UniqueConstraintViolation(_)) => Err(CreateClientError::NameTaken),
            _ => Err(unavailable(error).into()),
        }
    }
}

#[derive(Clone)]
struct Delete(ClientId, Act);

#[async_trait]
impl WriteStep for Delete {
    type Output = bool;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<bool, StorageError> {
        let Self(id, by) = self;
        let found = clients::Entity::find_by_id(id.to_string())
            .lock_exclusive()
            .one(transaction)
            .await;
        let Some(model) = found.map_err(unavailable)? else {
            return Ok(false);
        };
        let was = Client::try_from(model)?.snapshot();
        let delete = clients::Entity::delete_by_id(id.to_string());
        transaction.later(delete).await.map_err(unavailable)?;
        let event = by.deleted(AuditAction::DeleteClient, AuditTarget::Client(id), was);
        audit_log::insert(transaction, &event).await?;
        Ok(true)
    }
}

#[derive(Clone)]
struct Revoke(TokenId, Timestamp);

#[async_trait]
impl WriteStep for Revoke {
    type Output = ();
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<(), StorageError> {
        let Self(token, expires_at) = self;
        let row = revoked_tokens::ActiveModel {
            jti: Set(token.to_string()),
            expires_at: Set(expires_at),
        };
        let again = OnConflict::column(revoked_tokens::Column::Jti)
            .do_nothing()
            .to_owned();
        let insert = revoked_tokens::Entity::insert(row).on_conflict(again);
        transaction.later(insert).await.map_err(unavailable)
    }
}

fn row_of(client: &Client) -> Result<clients::ActiveModel, StorageError> {
    let audience = client.audience.as_ref().map(serde_json::to_string);
    Ok(clients::ActiveModel {
        id: Set(client.id.to_string()),
        name: Set(client.name.to_string()),
        name_folded: Set(client.name.folded()),
        secret_sha256: Set(hex::encode(client.secret.0)),
        scopes: Set(client.scopes.to_string()),
        audience: Set(audience.transpose().map_err(StorageError::unavailable)?),
        created_at: Set(client.created_at),
    })
}

impl TryFrom<clients::Model> for Client {
    type Error = StorageError;

    fn try_from(model: clients::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "clients",
            id: &model.id,
        };
        let mut secret = [0; 32];
        hex::decode_to_slice(&model.secret_sha256, &mut secret)
            .map_err(|_| row.corrupt("secret_sha256", "not 64 hex digits"))?;
        let audience = model.audience.as_deref().map(serde_json::from_str);
        Ok(Self {
            id: model.id.parse().map_err(|e| row.corrupt("id", e))?,
            name: model.name.parse().map_err(|e| row.corrupt("name", e))?,
            secret: SecretDigest(secret),
            scopes: (model.scopes.parse()).map_err(|e| row.corrupt("scopes", e))?,
            audience: (audience.transpose()).map_err(|e| row.corrupt("audience", e))?,
            created_at: model.created_at,
        })
    }
}
