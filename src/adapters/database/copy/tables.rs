//! The tables that are copied, and their rows as values that both kinds of
//! database keep alike.

use chrono::SubsecRound;
use sea_orm::{
    DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, PrimaryKeyTrait,
    QueryResult, Value,
};

use crate::adapters::database::entities::{
    audit_events, auth_logs, clients, invites, keys, known_networks, refresh_keys, revoked_tokens,
    sessions, user_roles, users,
};

/// The values of one row, in the order of the table's columns.
pub(super) type Row = Vec<Value>;

pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<&'static str>,
    /// Whether the database numbers its rows, by `id`.
    pub(super) numbered: bool,
    read: fn(&QueryResult) -> Result<Row, DbErr>,
}

/// All of them, those that others refer to first.
pub(super) fn tables() -> Vec<Table> {
    vec![
        of::<users::Entity>(),
        of::<user_roles::Entity>(),
        of::<known_networks::Entity>(),
        of::<sessions::Entity>(),
        of::<revoked_tokens::Entity>(),
        of::<keys::Entity>(),
        of::<refresh_keys::Entity>(),
        of::<clients::Entity>(),
        of::<invites::Entity>(),
        of::<auth_logs::Entity>(),
        of::<audit_events::Entity>(),
    ]
}

fn of<E: EntityTrait>() -> Table {
    Table {
        name: E::default().table_name(),
        columns: E::Column::iter().map(|column| column.as_str()).collect(),
        numbered: E::PrimaryKey::auto_increment(),
        read: row::<E>,
    }
}

fn row<E: EntityTrait>(result: &QueryResult) -> Result<Row, DbErr> {
    let model = E::Model::from_query_result(result, "")?;
    Ok(E::Column::iter()
        .map(|column| kept(model.get(column)))
        .collect())
}

/// PostgreSQL keeps microseconds, and so does Signet; what others wrote into
/// SQLite may be finer.
fn kept(value: Value) -> Value {
    match value {
        Value::ChronoDateTimeUtc(Some(at)) => Value::ChronoDateTimeUtc(Some(at.trunc_subsecs(6))),
        other => other,
    }
}

impl Table {
    pub(super) fn row(&self, result: &QueryResult) -> Result<Row, DbErr> {
        (self.read)(result)
    }

    /// The columns for a statement. Some are named by words of SQL.
    pub(super) fn column_list(&self) -> String {
        let quoted: Vec<_> = self
            .columns
            .iter()
            .map(|column| format!("\"{column}\""))
            .collect();
        quoted.join(", ")
    }
}
