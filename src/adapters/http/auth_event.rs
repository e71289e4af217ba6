//! Events of the auth log, as several operations answer with them.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object, types::Example};
use uuid::Uuid;

use super::{
    examples::{ADDRESS, AGENT, KID, REQUEST_ID, SESSION, USER, later},
    nullable::Nullable,
};
use crate::domain::{AuthEvent, AuthEventId, Outcome, SessionId, UserId};

/// An attempt to authenticate.
#[derive(Object)]
#[oai(rename = "AuthEvent", example)]
pub(super) struct AuthEventItem {
    /// The event's number.
    id: i64,
    /// When it was judged.
    at: DateTime<Utc>,
    /// The account's id; null where there is none.
    user: Nullable<Uuid>,
    /// How it ended.
    outcome: AuthOutcome,
    /// From which address.
    address: String,
    /// With what program, as it says; null where it said nothing.
    user_agent: Nullable<String>,
    /// In which request.
    request_id: String,
    /// The session that began, or that ended for a reuse; null where none did.
    session: Nullable<Uuid>,
    /// The service client's id; null where there is none.
    client: Nullable<String>,
    /// The key that signed the access token that was issued; null where none was.
    kid: Nullable<String>,
    /// The id of that token; null where there is none.
    jti: Nullable<String>,
}

/// How the attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum AuthOutcome {
    Success,
    WrongPassword,
    UnknownUser,
    Disabled,
    Throttled,
    RefreshReuse,
    UnknownClient,
    WrongClientSecret,
}

impl From<(AuthEventId, AuthEvent)> for AuthEventItem {
    fn from((id, event): (AuthEventId, AuthEvent)) -> Self {
        let user_agent = event.origin.user_agent.as_ref();
        let token = event.token.as_ref();
        Self {
            id,
            at: event.at,
            user: event.user.map(UserId::as_uuid).into(),
            outcome: event.outcome.into(),
            address: event.origin.address.to_string(),
            user_agent: user_agent.map(|agent| agent.as_str().to_owned()).into(),
            request_id: event.origin.request_id.to_string(),
            session: event.session.map(SessionId::as_uuid).into(),
            client: event.client.as_ref().map(ToString::to_string).into(),
            kid: token.map(|(kid, _)| kid.to_string()).into(),
            jti: token.map(|(_, jti)| jti.to_string()).into(),
        }
    }
}

impl From<Outcome> for AuthOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::WrongPassword => Self::WrongPassword,
            Outcome::UnknownUser => Self::UnknownUser,
            Outcome::Disabled => Self::Disabled,
            Outcome::Throttled => Self::Throttled,
            Outcome::RefreshReuse => Self::RefreshReuse,
            Outcome::UnknownClient => Self::UnknownClient,
            Outcome::WrongClientSecret => Self::WrongClientSecret,
        }
    }
}

impl From<AuthOutcome> for Outcome {
    fn from(outcome: AuthOutcome) -> Self {
        match outcome {
            AuthOutcome::Success => Self::Success,
            AuthOutcome::WrongPassword => Self::WrongPassword,
            AuthOutcome::UnknownUser => Self::UnknownUser,
            AuthOutcome::Disabled => Self::Disabled,
            AuthOutcome::Throttled => Self::Throttled,
            AuthOutcome::RefreshReuse => Self::RefreshReuse,
            AuthOutcome::UnknownClient => Self::UnknownClient,
            AuthOutcome::WrongClientSecret => Self::WrongClientSecret,
        }
    }
}

impl Example for AuthEventItem {
    fn example() -> Self {
        Self {
            id: 42,
            at: later(),
            user: Some(USER).into(),
            outcome: AuthOutcome::Success,
            address: ADDRESS.to_owned(),
            user_agent: Some(AGENT.to_owned()).into(),
            request_id: REQUEST_ID.to_owned(),
            session: Some(SESSION).into(),
            client: None.into(),
            kid: Some(KID.to_owned()).into(),
            jti: Some("4b8f1d2c-60ea-4973-a5c8-d19e7b3f0624".to_owned()).into(),
        }
    }
}
