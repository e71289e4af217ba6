//! From where accounts logged in, as rows of `known_networks`.

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    sea_query::{Expr, Order, Query},
};
use uuid::Uuid;

use super::{
    Database,
    entities::known_networks::{ActiveModel, Column, Entity},
    error::unavailable,
    purging::purge,
    transaction::Transaction,
};
use crate::{
    domain::{ClientNetwork, KNOWN_NETWORKS_PER_USER, Timestamp, UserId},
    ports::{KnownNetworks, StorageError},
};

/// Notes a login, and forgets the networks beyond the bound, the longest unused
/// first.
pub(super) async fn note(
    transaction: &Transaction,
    user: UserId,
    network: ClientNetwork,
    at: Timestamp,
) -> Result<(), StorageError> {
    let later = Expr::col(Column::LastLoginAt).gt(at);
    let last = Expr::case(later, Expr::col(Column::LastLoginAt)).finally(Expr::value(at));
    let known = Entity::update_many()
        .col_expr(Column::LastLoginAt, last.into())
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Network.eq(network.to_string()))
        .exec(transaction)
        .await
        .map_err(unavailable)?;
    if known.rows_affected > 0 {
        return Ok(());
    }
    let row = ActiveModel {
        user_id: Set(user.to_string()),
        network: Set(network.to_string()),
        last_login_at: Set(at),
    };
    let insert = Entity::insert(row);
    transaction.later(insert).await.map_err(unavailable)?;
    let beyond = Query::select()
        .column(Column::Network)
        .from(Entity)
        .and_where(Column::UserId.eq(user.to_string()))
        .order_by(Column::LastLoginAt, Order::Desc)
        .order_by(Column::Network, Order::Desc)
        .limit(u64::from(u32::MAX))
        .offset(KNOWN_NETWORKS_PER_USER as u64)
        .to_owned();
    let forget = Entity::delete_many()
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Network.in_subquery(beyond));
    transaction.later(forget).await.map_err(unavailable)
}

#[derive(Debug)]
pub struct SqlKnownNetworks(Database);

impl SqlKnownNetworks {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl KnownNetworks for SqlKnownNetworks {
    async fn is_known(
        &self,
        user: Option<UserId>,
        network: ClientNetwork,
        since: Timestamp,
    ) -> Result<bool, StorageError> {
        // Nobody's id: the same query for no account.
        let user = user.unwrap_or(UserId::new(Uuid::nil()));
        let found = Entity::find()
            .filter(Column::UserId.eq(user.to_string()))
            .filter(Column::Network.eq(network.to_string()))
            .filter(Column::LastLoginAt.gte(since))
            .one(self.0.reader())
            .await
            .map_err(unavailable)?;
        Ok(found.is_some())
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let old = |limit: u32| {
            Query::select()
                .columns([Column::UserId, Column::Network])
                .from(Entity)
                .and_where(Column::LastLoginAt.lt(before))
                .limit(limit.into())
                .to_owned()
        };
        let key = Expr::tuple([Expr::col(Column::UserId), Expr::col(Column::Network)]);
        let delete = Entity::delete_many()
            .filter(key.in_subquery(old(limit)))
            // A login that was waited for may have made it a fresh one.
            .filter(Column::LastLoginAt.lt(before));
        purge(&self.0, &old(1), delete).await
    }
}
