//! Attempts to authenticate, as the ports that record them are told.

use std::sync::Arc;

use async_trait::async_trait;
use prometheus_client::metrics::{counter::Counter, family::Family};

use super::Metrics;
use crate::{
    domain::{
        Act, AuthFailure, AuthSuccess, Outcome, RequestOrigin, Session, SessionId, Timestamp, User,
        UserId,
    },
    ports::{AuthLog, LoginRecord, RefreshAttempt, Refreshed, SessionStore, StorageError},
};

type Labels = [(&'static str, &'static str); 1];

/// A counter for each outcome.
#[derive(Clone)]
pub(super) struct AuthAttempts(Family<Labels, Counter>);

impl AuthAttempts {
    pub(super) fn new() -> Self {
        let family = Family::default();
        // A rate is only told of what has been there before.
        for outcome in Outcome::ALL {
            let _ = family.get_or_create(&labels(outcome));
        }
        Self(family)
    }

    pub(super) fn family(&self) -> Family<Labels, Counter> {
        self.0.clone()
    }

    fn count(&self, outcome: Outcome) {
        self.0.get_or_create(&labels(outcome)).inc();
    }
}

fn labels(outcome: Outcome) -> Labels {
    [("outcome", outcome.as_str())]
}

/// An auth log whose rows are counted.
pub struct MeteredAuthLog {
    inner: Arc<dyn AuthLog>,
    attempts: AuthAttempts,
}

impl MeteredAuthLog {
    pub fn new(inner: Arc<dyn AuthLog>, metrics: &Metrics) -> Self {
        let attempts = metrics.attempts.clone();
        Self { inner, attempts }
    }
}

#[async_trait]
impl AuthLog for MeteredAuthLog {
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError> {
        let outcome = failure.outcome();
        self.inner.record_failure(at, origin, failure).await?;
        self.attempts.count(outcome);
        Ok(())
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        let record = self.inner.record_success(at, origin, success).await?;
        if record == LoginRecord::Recorded {
            self.attempts.count(Outcome::Success);
        }
        Ok(record)
    }
}

/// Sessions whose rows in the auth log are counted.
pub struct MeteredSessions {
    inner: Arc<dyn SessionStore>,
    attempts: AuthAttempts,
}

impl MeteredSessions {
    pub fn new(inner: Arc<dyn SessionStore>, metrics: &Metrics) -> Self {
        let attempts = metrics.attempts.clone();
        Self { inner, attempts }
    }
}

#[async_trait]
impl SessionStore for MeteredSessions {
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<Refreshed, StorageError> {
        let refreshed = self.inner.refresh(attempt).await?;
        if refreshed == Refreshed::Reused {
            self.attempts.count(Outcome::RefreshReuse);
        }
        Ok(refreshed)
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
