//! Attempts to authenticate as rows of `auth_logs`.

use std::net::IpAddr;

use sea_orm::{EntityTrait, NotSet, Set};

use super::{
    entities::auth_logs::{ActiveModel, Entity, Model},
    error::{Row, unavailable},
    transaction::Transaction,
};
use crate::{
    domain::{AddressKey, AuthEvent, AuthEventId, ClientAddress, RequestOrigin, UserAgent},
    ports::StorageError,
};

/// Adds the event to the step that it tells of.
pub(super) async fn insert(
    transaction: &Transaction,
    event: &AuthEvent,
) -> Result<(), StorageError> {
    let inserted = transaction.later(Entity::insert(of(event))).await;
    inserted.map_err(unavailable)
}

fn of(event: &AuthEvent) -> ActiveModel {
    let origin = &event.origin;
    let user_agent = origin.user_agent.as_ref();
    let address_key = AddressKey::from(origin.address);
    let token = event.token.as_ref();
    ActiveModel {
        id: NotSet,
        request_timestamp: Set(event.at),
        request_ip: Set(origin.address.to_string()),
        user_id: Set(event.user.map(|id| id.to_string())),
        outcome: Set(event.outcome.as_str().to_owned()),
        user_agent: Set(user_agent.map(|agent| agent.as_str().to_owned())),
        request_id: Set(origin.request_id.to_string()),
        kid: Set(token.map(|(kid, _)| kid.to_string())),
        jti: Set(token.map(|(_, jti)| jti.to_string())),
        session_id: Set(event.session.map(|id| id.to_string())),
        client_id: Set(event.client.as_ref().map(ToString::to_string)),
        address_key: Set(Some(address_key.as_bytes().to_vec())),
    }
}

/// An event with its number.
pub(super) fn event(model: Model) -> Result<(AuthEventId, AuthEvent), StorageError> {
    let id = model.id.to_string();
    let row = Row {
        table: "auth_logs",
        id: &id,
    };
    let address: IpAddr = (model.request_ip.parse()).map_err(|e| row.corrupt("request_ip", e))?;
    let token = match (model.kid, model.jti) {
        (None, None) => None,
        (Some(kid), Some(jti)) => Some((
            kid.parse().map_err(|e| row.corrupt("kid", e))?,
            jti.parse().map_err(|e| row.corrupt("jti", e))?,
        )),
        (Some(_), None) => return Err(row.corrupt("jti", "missing")),
        (None, Some(_)) => return Err(row.corrupt("kid", "missing")),
    };
    let [user, session] = [model.user_id, model.session_id];
    let event = AuthEvent {
        at: model.request_timestamp,
        origin: RequestOrigin {
            address: ClientAddress::new(address),
            user_agent: model.user_agent.as_deref().map(UserAgent::new),
            request_id: (model.request_id.parse())
                .map_err(|()| row.corrupt("request_id", "not a request id"))?,
        },
        user: (user.map(|id| id.parse()).transpose()).map_err(|e| row.corrupt("user_id", e))?,
        outcome: (model.outcome.parse())
            .map_err(|()| row.corrupt("outcome", "no outcome of this name"))?,
        token,
        session: (session.map(|id| id.parse()).transpose())
            .map_err(|e| row.corrupt("session_id", e))?,
        client: (model.client_id.map(|id| id.parse()).transpose())
            .map_err(|e| row.corrupt("client_id", e))?,
    };
    Ok((model.id, event))
}
