use std::{net::IpAddr, slice};

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, EntityTrait, NotSet, Order, QueryFilter, QueryTrait, Set, sea_query::Query,
};

use super::{
    Database,
    entities::audit_events::{self, Column, Entity},
    error::{Row, unavailable},
    paging::part_of,
    purging::purge,
    transaction::Transaction,
};
use crate::{
    domain::{
        Act, Actor, AuditEvent, AuditEventId, AuditFilter, AuditTarget, ClientAddress, Page,
        PageRequest, Position, RequestOrigin, Snapshot, Timestamp, UserAgent,
    },
    ports::{AuditLog, StorageError},
};

#[derive(Debug)]
pub struct SqlAuditLog(Database);

impl SqlAuditLog {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

fn position(id: AuditEventId, event: &AuditEvent) -> Position<AuditEventId> {
    let at = event.act.at;
    Position { at, id }
}

#[async_trait]
impl AuditLog for SqlAuditLog {
    async fn list(
        &self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEventId>,
    ) -> Result<Page<(AuditEventId, AuditEvent), AuditEventId>, StorageError> {
        if filter.target.as_ref().is_some_and(|id| id.contains('\0')) {
            // Nothing has such an id, and PostgreSQL takes no such text.
            return Ok(Page::cut(Vec::new(), page.size, |(id, event)| {
                position(*id, event)
            }));
        }
        let events = Entity::find()
            .apply_if(filter.actor, |q, actor| {
                q.filter(Column::Actor.eq(actor.to_string()))
            })
            .apply_if(filter.target.clone(), |q, id| {
                q.filter(Column::TargetId.eq(id))
            })
            .apply_if(filter.action, |q, a| {
                q.filter(Column::Action.eq(a.as_str()))
            })
            .apply_if(filter.from, |q, from| q.filter(Column::At.gte(from)))
            .apply_if(filter.to, |q, to| q.filter(Column::At.lt(to)));
        let items = part_of(events, Column::At, Column::Id, page, |id| (*id).into())
            .all(self.0.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(|model| Ok((model.id, AuditEvent::try_from(model)?)))
            .collect::<Result<_, StorageError>>()?;
        Ok(Page::cut(items, page.size, |(id, event)| {
            position(*id, event)
        }))
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let oldest = |limit: u32| {
            Query::select()
                .column(Column::Id)
                .from(Entity)
                .and_where(Column::At.lt(before))
                .order_by(Column::At, Order::Asc)
                .order_by(Column::Id, Order::Asc)
                .limit(limit.into())
                .to_owned()
        };
        let delete = Entity::delete_many().filter(Column::Id.in_subquery(oldest(limit)));
        purge(&self.0, &oldest(1), delete).await
    }
}

/// Adds the event to the step that it tells of.
pub(super) async fn insert(
    transaction: &Transaction,
    event: &AuditEvent,
) -> Result<(), StorageError> {
    insert_all(transaction, slice::from_ref(event)).await
}

/// The same of several events, in their order.
pub(super) async fn insert_all(
    transaction: &Transaction,
    events: &[AuditEvent],
) -> Result<(), StorageError> {
    let rows: Vec<_> = events.iter().map(row).collect::<Result<_, _>>()?;
    let insert = Entity::insert_many(rows);
    transaction.later(insert).await.map_err(unavailable)
}

fn row(event: &AuditEvent) -> Result<audit_events::ActiveModel, StorageError> {
    let json = |snapshot: &Option<Snapshot>| {
        let json = snapshot.as_ref().map(serde_json::to_string);
        json.transpose().map_err(StorageError::unavailable)
    };
    let Act { at, actor, origin } = &event.act;
    let origin = origin.as_ref();
    let agent = origin.and_then(|origin| origin.user_agent.as_ref());
    Ok(audit_events::ActiveModel {
        id: NotSet,
        at: Set(*at),
        actor: Set(actor.to_string()),
        action: Set(event.action.as_str().to_owned()),
        target_kind: Set(event.target.kind().to_owned()),
        target_id: Set(event.target.id()),
        address: Set(origin.map(|origin| origin.address.to_string())),
        user_agent: Set(agent.map(|agent| agent.as_str().to_owned())),
        request_id: Set(origin.map(|origin| origin.request_id.to_string())),
        before: Set(json(&event.before)?),
        after: Set(json(&event.after)?),
    })
}

impl TryFrom<audit_events::Model> for AuditEvent {
    type Error = StorageError;

    fn try_from(model: audit_events::Model) -> Result<Self, Self::Error> {
        let id = model.id.to_string();
        let row = Row {
            table: "audit_events",
            id: &id,
        };
        let snapshot = |column, text: Option<String>| {
            let parsed = text.as_deref().map(serde_json::from_str::<Snapshot>);
            parsed.transpose().map_err(|e| row.corrupt(column, e))
        };
        let target = AuditTarget::parse(&model.target_kind, &model.target_id);
        let actor: Actor = (model.actor.parse()).map_err(|e| row.corrupt("actor", e))?;
        Ok(Self {
            act: Act {
                at: model.at,
                actor,
                origin: origin(row, &model)?,
            },
            action: (model.action.parse())
                .map_err(|()| row.corrupt("action", "no action of this name"))?,
            target: target.ok_or_else(|| row.corrupt("target_id", "names nothing"))?,
            before: snapshot("before", model.before)?,
            after: snapshot("after", model.after)?,
        })
    }
}

fn origin(
    row: Row<'_>,
    model: &audit_events::Model,
) -> Result<Option<RequestOrigin>, StorageError> {
    let (Some(address), Some(request_id)) = (&model.address, &model.request_id) else {
        return Ok(None);
    };
    let address: IpAddr = address.parse().map_err(|e| row.corrupt("address", e))?;
    Ok(Some(RequestOrigin {
        address: ClientAddress::new(address),
        user_agent: model.user_agent.as_deref().map(UserAgent::new),
        request_id: (request_id.parse())
            .map_err(|()| row.corrupt("request_id", "not a request id"))?,
    }))
}
