use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set,
    sea_query::Expr,
};

use super::{
    Database, audit_log,
    entities::invites::{self, Column, Entity},
    error::{Row, unavailable},
    paging::part_of,
    transaction::Transaction,
    write_step::WriteStep,
};
use crate::{
    domain::{
        Act, AuditAction, AuditTarget, Invite, InviteId, Page, PageRequest, SecretDigest,
        UsedInvite, UserId,
    },
    ports::{InviteStore, StorageError},
};

#[derive(Debug)]
pub struct SqlInviteStore(Database);

impl SqlInviteStore {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl InviteStore for SqlInviteStore {
    async fn create(&self, invite: &Invite, by: &Act) -> Result<(), StorageError> {
        self.0.write(Create(invite.clone(), by.clone())).await
    }

    async fn find_by_code(&self, code: &SecretDigest) -> Result<Option<Invite>, StorageError> {
        Entity::find()
            .filter(Column::CodeSha256.eq(hex::encode(code.0)))
            .one(self.0.reader())
            .await
            .map_err(unavailable)?
            .map(Invite::try_from)
            .transpose()
    }

    async fn list(
        &self,
        page: &PageRequest<InviteId>,
    ) -> Result<Page<Invite, InviteId>, StorageError> {
        let all = Entity::find();
        let text = |id: &InviteId| id.to_string().into();
        let items = part_of(all, Column::CreatedAt, Column::Id, page, text)
            .all(self.0.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(Invite::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(items, page.size, Invite::position))
    }

    async fn delete(&self, id: InviteId, by: &Act) -> Result<bool, StorageError> {
        self.0.write(Delete(id, by.clone())).await
    }
}

#[derive(Clone)]
struct Create(Invite, Act);

#[async_trait]
impl WriteStep for Create {
    type Output = ();
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<(), StorageError> {
        let Self(invite, by) = self;
        let row = invites::ActiveModel {
            id: Set(invite.id.to_string()),
            code_sha256: Set(hex::encode(invite.code.0)),
            created_at: Set(invite.created_at),
            created_by: Set(invite.created_by.to_string()),
            expires_at: Set(invite.expires_at),
            used_at: Set(invite.used.map(|used| used.at)),
            used_by: Set(invite.used.map(|used| used.by.to_string())),
        };
        let insert = Entity::insert(row);
        transaction.later(insert).await.map_err(unavailable)?;
        let target = AuditTarget::Invite(invite.id);
        let event = by.created(AuditAction::CreateInvite, target, invite.snapshot());
        audit_log::insert(transaction, &event).await
    }
}

#[derive(Clone)]
struct Delete(InviteId, Act);

#[async_trait]
impl WriteStep for Delete {
    type Output = bool;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<bool, StorageError> {
        let Self(id, by) = self;
        let found = Entity::find_by_id(id.to_string())
            .lock_exclusive()
            .one(transaction)
            .await;
        let Some(model) = found.map_err(unavailable)? else {
            return Ok(false);
        };
        let was = Invite::try_from(model)?.snapshot();
        let delete = Entity::delete_by_id(id.to_string());
        transaction.later(delete).await.map_err(unavailable)?;
        let event = by.deleted(AuditAction::DeleteInvite, AuditTarget::Invite(id), was);
        audit_log::insert(transaction, &event).await?;
        Ok(true)
    }
}

/// Uses up the invite of this code, and answers its id; `None` when it is not
/// usable.
pub(super) async fn consume(
    connection: &impl ConnectionTrait,
    code: &SecretDigest,
    user: UserId,
    by: &Act,
) -> Result<Option<InviteId>, StorageError> {
    let code = hex::encode(code.0);
    let updated = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(by.at))
        .col_expr(Column::UsedBy, Expr::value(user.to_string()))
        .filter(Column::CodeSha256.eq(&code))
        .filter(Expr::col(Column::UsedAt).is_null())
        .filter(Column::ExpiresAt.gt(by.at))
        .exec(connection)
        .await
        .map_err(unavailable)?;
    if updated.rows_affected == 0 {
        return Ok(None);
    }
    let consumed = Entity::find().filter(Column::CodeSha256.eq(code));
    let consumed = consumed.one(connection).await.map_err(unavailable)?;
    Ok(consumed
        .map(Invite::try_from)
        .transpose()?
        .map(|invite| invite.id))
}

impl TryFrom<invites::Model> for Invite {
    type Error = StorageError;

    fn try_from(model: invites::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "invites",
            id: &model.id,
        };
        let mut code = [0; 32];
        hex::decode_to_slice(&model.code_sha256, &mut code)
            .map_err(|_| row.corrupt("code_sha256", "not 64 hex digits"))?;
        let used = match (model.used_at, model.used_by) {
            (Some(at), Some(by)) => Some(UsedInvite {
                at,
                by: by.parse().map_err(|e| row.corrupt("used_by", e))?,
            }),
            (None, None) => None,
            _ => return Err(row.corrupt("used_by", "does not fit used_at")),
        };
        Ok(Self {
            id: model.id.parse().map_err(|e| row.corrupt("id", e))?,
            code: SecretDigest(code),
            created_at: model.created_at,
            created_by: (model.created_by.parse()).map_err(|e| row.corrupt("created_by", e))?,
            expires_at: model.expires_at,
            used,
        })
    }
}
