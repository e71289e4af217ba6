//! Events of the auth log, as several operations answer with them.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use crate::domain::{AuthEvent, AuthEventId, Outcome};

/// An attempt to authenticate.
#[derive(Object)]
#[oai(rename = "AuthEvent")]
pub(super) struct AuthEventItem {
    /// The event's number.
    id: i64,
    /// When it was judged.
    at: DateTime<Utc>,
    /// The account's id; null where there is none.
    user: Option<String>,
    outcome: AuthOutcome,
    /// From which address.
    address: String,
    /// With what program, as it says.
    user_agent: Option<String>,
    /// In which request.
    request_id: String,
    /// The session that began, or that ended for a reuse.
    session: Option<String>,
    /// The service client's id.
    client: Option<String>,
    /// The key that signed the access token that was issued.
    kid: Option<String>,
    /// The id of that token.
    jti: Option<String>,
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
            user: event.user.map(|id| id.to_string()),
            outcome: event.outcome.into(),
            address: event.origin.address.to_string(),
            user_agent: user_agent.map(|agent| agent.as_str().to_owned()),
            request_id: event.origin.request_id.to_string(),
            session: event.session.map(|id| id.to_string()),
            client: event.client.as_ref().map(ToString::to_string),
            kid: token.map(|(kid, _)| kid.to_string()),
            jti: token.map(|(_, jti)| jti.to_string()),
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
