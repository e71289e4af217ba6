use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{
        AccountStatus, AuthFailure, AuthSuccess, ClientId, KeyId, Outcome, RequestOrigin,
        SessionId, Timestamp, TokenId, UserId,
    },
    ports::{AuthLog, LoginRecord, StorageError},
};

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEvent {
    pub at: Timestamp,
    pub origin: RequestOrigin,
    pub user: Option<UserId>,
    pub outcome: Outcome,
    /// The signing key and the id of the token that a success got.
    pub token: Option<(KeyId, TokenId)>,
    pub session: Option<SessionId>,
    pub client: Option<ClientId>,
}

impl LoggedEvent {
    pub(super) fn failure(at: Timestamp, origin: &RequestOrigin, failure: &AuthFailure) -> Self {
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
}

#[async_trait]
impl AuthLog for MemoryStore {
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError> {
        let event = LoggedEvent::failure(at, origin, &failure);
        self.tables().auth_log.push(event);
        Ok(())
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        let mut tables = self.tables();
        let user = tables.user_mut(success.session.user);
        let Some(user) = user.filter(|user| user.status == AccountStatus::Active) else {
            return Ok(LoginRecord::AccountNotActive);
        };
        user.last_login = user.last_login.max(Some(at));
        if let Some(rehash) = &success.rehash
            && user.password_hash == rehash.from
        {
            user.password_hash = rehash.to.clone();
        }
        tables.add_session(success.session.clone());
        tables.note_network(success.session.user, origin.address.network(), at);
        tables.auth_log.push(LoggedEvent {
            at,
            origin: origin.clone(),
            user: Some(success.session.user),
            outcome: Outcome::Success,
            token: Some((success.kid.clone(), success.jti)),
            session: Some(success.session.id),
            client: None,
        });
        Ok(LoginRecord::Recorded)
    }
}
