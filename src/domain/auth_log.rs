use super::{
    AddressRange, AuthFailure, AuthSuccess, ClientId, KeyId, Outcome, RequestOrigin, SessionId,
    Timestamp, TokenId, UserId,
};

/// An event's number: later events of one server have greater ones.
pub type AuthEventId = i64;

/// An attempt to authenticate, as the auth log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthEvent {
    pub at: Timestamp,
    pub origin: RequestOrigin,
    pub user: Option<UserId>,
    pub outcome: Outcome,
    /// The signing key and the id of the token that a success got.
    pub token: Option<(KeyId, TokenId)>,
    pub session: Option<SessionId>,
    pub client: Option<ClientId>,
}

impl AuthEvent {
    pub fn failure(at: Timestamp, origin: &RequestOrigin, failure: &AuthFailure) -> Self {
        Self {
            at,
            origin: origin.clone(),
            user: failure.user(),
            outcome: failure.outcome(),
            token: None,
            session: failure.session(),
            client: failure.client().cloned(),
        }
    }

    pub fn success(at: Timestamp, origin: &RequestOrigin, success: &AuthSuccess) -> Self {
        Self {
            at,
            origin: origin.clone(),
            user: Some(success.session.user),
            outcome: Outcome::Success,
            token: Some((success.kid.clone(), success.jti)),
            session: Some(success.session.id),
            client: None,
        }
    }
}

/// Which events are asked for; `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthEventFilter {
    pub user: Option<UserId>,
    pub address: Option<AddressRange>,
    pub outcome: Option<Outcome>,
    pub from: Option<Timestamp>,
    /// That moment itself is not included.
    pub to: Option<Timestamp>,
}

impl AuthEventFilter {
    pub fn matches(&self, event: &AuthEvent) -> bool {
        self.user.is_none_or(|user| event.user == Some(user))
            && (self.address).is_none_or(|range| range.contains(event.origin.address))
            && self.outcome.is_none_or(|outcome| event.outcome == outcome)
            && self.from.is_none_or(|from| from <= event.at)
            && self.to.is_none_or(|to| event.at < to)
    }
}
