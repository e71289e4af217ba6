//! Sessions as rows of `sessions`.

use std::net::IpAddr;

use sea_orm::Set;

use super::{entities::sessions, error::Row};
use crate::{
    domain::{
        ClientAddress, Consumed, Generation, RefreshHistory, RefreshKeyId, Session, Timestamp,
        UserAgent, UserId,
    },
    ports::StorageError,
};

pub(super) const CHANGED_BY_REFRESH: [sessions::Column; 8] = [
    sessions::Column::LastUsedAt,
    sessions::Column::ExpiresAt,
    sessions::Column::EndsAt,
    sessions::Column::Address,
    sessions::Column::UserAgent,
    sessions::Column::Generation,
    sessions::Column::RefreshKey,
    sessions::Column::History,
];

pub(super) fn of(session: &Session) -> Result<sessions::ActiveModel, StorageError> {
    Ok(sessions::ActiveModel {
        id: Set(session.id.to_string()),
        user_id: Set(session.user.to_string()),
        created_at: Set(session.created_at),
        last_used_at: Set(session.last_used_at),
        expires_at: Set(session.expires_at),
        ends_at: Set(session.ends_at),
        address: Set(session.address.to_string()),
        user_agent: Set(session.user_agent.as_ref().map(|a| a.as_str().to_owned())),
        generation: Set(session.generation.number().into()),
        refresh_key: Set(session.refresh_key.number().into()),
        history: Set(history_text(&session.history)?),
    })
}

impl TryFrom<sessions::Model> for Session {
    type Error = StorageError;

    fn try_from(model: sessions::Model) -> Result<Self, Self::Error> {
        let row = Row {
            table: "sessions",
            id: &model.id,
        };
        let address: IpAddr = (model.address.parse()).map_err(|e| row.corrupt("address", e))?;
        Ok(Self {
            id: model.id.parse().map_err(|e| row.corrupt("id", e))?,
            user: (model.user_id.parse().map(UserId::new))
                .map_err(|e| row.corrupt("user_id", e))?,
            created_at: model.created_at,
            last_used_at: model.last_used_at,
            expires_at: model.expires_at,
            ends_at: model.ends_at,
            address: ClientAddress::new(address),
            user_agent: model.user_agent.as_deref().map(UserAgent::new),
            generation: u32::try_from(model.generation)
                .map(Generation::new)
                .map_err(|e| row.corrupt("generation", e))?,
            refresh_key: u32::try_from(model.refresh_key)
                .map(RefreshKeyId::new)
                .map_err(|e| row.corrupt("refresh_key", e))?,
            history: history(&model.history, row)?,
        })
    }
}

fn history_text(history: &RefreshHistory) -> Result<String, StorageError> {
    let entries: Vec<(u32, i64)> = history
        .entries()
        .iter()
        .map(|entry| (entry.generation.number(), entry.at.timestamp_micros()))
        .collect();
    serde_json::to_string(&entries).map_err(StorageError::unavailable)
}

fn history(text: &str, row: Row<'_>) -> Result<RefreshHistory, StorageError> {
    let entries: Vec<(u32, i64)> =
        serde_json::from_str(text).map_err(|e| row.corrupt("history", e))?;
    entries
        .into_iter()
        .map(|(generation, micros)| {
            let at = Timestamp::from_timestamp_micros(micros);
            Some(Consumed {
                generation: Generation::new(generation),
                at: at?,
            })
        })
        .collect::<Option<_>>()
        .map(RefreshHistory::new)
        .ok_or_else(|| row.corrupt("history", "a time that cannot be"))
}
