//! Stores that err in one way each: the property must find every one of them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{
        Act, AuthSuccess, RefreshHistory, RequestOrigin, Session, SessionId, Timestamp, TokenId,
        User, UserId,
    },
    ports::{AuthLog, RefreshAttempt, Refreshed, SessionStore, StorageError, UserRepo},
};
use uuid::Uuid;

use crate::support::clock::StoppedClock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The window is ignored: every second use is a reuse.
    NeverRepeats,
    /// The window is ignored: no use is ever a reuse.
    RepeatsForEver,
    /// No consumed token is remembered.
    ForgetsHistory,
    /// All tokens before the last count as consumed with it.
    RemembersLatestOnly,
    /// A reuse is noticed and the session goes on.
    KeepsReusedSession,
    /// A clock that ran ahead once is believed ever after.
    TrustsTheLatestClock,
}

pub struct FlawedStore {
    pub inner: Arc<MemoryStore>,
    pub flaw: Flaw,
}

impl FlawedStore {
    async fn replace(
        &self,
        session: Session,
        origin: &RequestOrigin,
    ) -> Result<Session, StorageError> {
        self.inner.end(session.id).await?;
        let Some(user) = self.inner.find(session.user).await? else {
            return Err(StorageError::unavailable("the account is gone"));
        };
        let success = AuthSuccess {
            session: session.clone(),
            kid: "kid".parse().unwrap(),
            jti: TokenId::new(Uuid::nil()),
            verified: user.password_hash,
            rehash: None,
        };
        let at = session.last_used_at;
        self.inner.record_success(at, origin, &success).await?;
        Ok(session)
    }
}

#[async_trait]
impl SessionStore for FlawedStore {
    async fn refresh(&self, mut attempt: RefreshAttempt) -> Result<Refreshed, StorageError> {
        let found = self.inner.find_live(attempt.session, Timestamp::MIN_UTC);
        let before = found.await?.map(|(session, _)| session);
        let origin = attempt.origin.clone();
        match (self.flaw, &before) {
            (Flaw::NeverRepeats, _) => attempt.terms.reuse_window = Duration::ZERO,
            (Flaw::RepeatsForEver, _) => {
                attempt.terms.reuse_window = Duration::from_hours(24 * 365);
            }
            (Flaw::RemembersLatestOnly, Some(session)) => {
                if let Some(last) = session.history.entries().last() {
                    let generation = attempt.token.generation.max(last.generation);
                    attempt.token.generation = generation;
                }
            }
            (Flaw::TrustsTheLatestClock, Some(session)) => {
                let latest = attempt.clock.now().max(session.last_used_at);
                attempt.clock = Arc::new(StoppedClock(latest));
            }
            _ => {}
        }
        let refreshed = self.inner.refresh(attempt).await?;
        Ok(match (self.flaw, refreshed, before) {
            (Flaw::ForgetsHistory, Refreshed::Current(mut session, user), _) => {
                session.history = RefreshHistory::default();
                let session = self.replace(*session, &origin).await?;
                Refreshed::Current(Box::new(session), user)
            }
            (Flaw::RemembersLatestOnly, Refreshed::Current(mut session, user), _) => {
                let last = session.history.entries().last().copied();
                session.history = RefreshHistory::new(last.into_iter().collect());
                let session = self.replace(*session, &origin).await?;
                Refreshed::Current(Box::new(session), user)
            }
            (Flaw::KeepsReusedSession, Refreshed::Reused, Some(session)) => {
                self.replace(session, &origin).await?;
                Refreshed::Reused
            }
            (_, refreshed, _) => refreshed,
        })
    }

    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        self.inner.find_live(session, at).await
    }

    async fn list_live(&self, user: UserId, at: Timestamp) -> Result<Vec<Session>, StorageError> {
        self.inner.list_live(user, at).await
    }

    async fn end(&self, session: SessionId) -> Result<bool, StorageError> {
        self.inner.end(session).await
    }

    async fn end_all(&self, user: UserId, by: Option<&Act>) -> Result<u64, StorageError> {
        self.inner.end_all(user, by).await
    }

    async fn purge(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        self.inner.purge(at, limit).await
    }
}
