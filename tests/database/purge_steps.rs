//! What other writes find while a purge goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    domain::{
        Act, AuthEvent, AuthEventFilter, AuthEventId, AuthSuccess, AuthSummary, NewUser, Page,
        PageRequest, Session, SessionId, SummaryInterval, Timestamp, TokenId, User, UserId,
    },
    ports::{
        AuthEvents, RefreshAttempt, Refreshed, SessionStore, StorageError, SummarizeEventsError,
    },
    usecases::{auth_log::PurgeAuthEvents, sessions::PurgeExpired},
};
use uuid::Uuid;

use crate::support::{
    clock::ManualClock,
    fixtures::{a_hash, an_act, an_origin, new_user},
    store::TestStore,
    tokens::a_session,
};

/// Purges step by step, and lets a login come between one step and the next.
struct Between {
    store: TestStore,
    user: NewUser,
    /// Whose sessions are over.
    other: NewUser,
    /// Counts what is left to purge.
    left: &'static str,
    logins: AtomicU64,
}

impl Between {
    async fn new(left: &'static str) -> Arc<Self> {
        let store = TestStore::sqlite().await;
        let user = new_user("ada", "ada@example.com");
        let other = new_user("eve", "eve@example.com");
        for user in [&user, &other] {
            store.users.register(user, &an_act()).await.unwrap();
        }
        Arc::new(Self {
            store,
            user,
            other,
            left,
            logins: AtomicU64::new(0),
        })
    }

    async fn fill(&self, insert: &str) {
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
                       WHERE i < 2500)";
        let sql = insert.replace("NUMBERS", numbers);
        let sql = sql.replace("USER", &self.other.id.to_string());
        self.store.database().execute(&sql).await;
    }

    async fn left(&self) -> u64 {
        let rows = self.store.database().rows(self.left).await;
        rows[0][0].parse().unwrap()
    }

    /// A login, which others see while the purge still has something to do.
    async fn log_in(&self) {
        let left = self.left().await;
        let number = self.logins.fetch_add(1, Ordering::SeqCst);
        let session = a_session(number.into(), self.user.id);
        let success = AuthSuccess {
            session: session.clone(),
            kid: "kid".parse().unwrap(),
            jti: TokenId::new(Uuid::nil()),
            verified: a_hash(),
            rehash: None,
        };
        let at = session.created_at;
        let log = &self.store.auth_log;
        let recorded = log.record_success(at, &an_origin(), &success).await;
        recorded.unwrap();
        let seen = self.store.elsewhere.sessions.find_live(session.id, at);
        assert!(seen.await.unwrap().is_some());
        assert_eq!(self.left().await, left);
    }

    /// After a step that did not do all.
    async fn step(&self, purged: u64) -> u64 {
        if self.left().await > 0 {
            self.log_in().await;
        }
        purged
    }
}

#[async_trait]
impl SessionStore for Between {
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<Refreshed, StorageError> {
        self.store.sessions.refresh(attempt).await
    }

    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        self.store.sessions.find_live(session, at).await
    }

    async fn list_live(&self, user: UserId, at: Timestamp) -> Result<Vec<Session>, StorageError> {
        self.store.sessions.list_live(user, at).await
    }

    async fn end(&self, session: SessionId) -> Result<bool, StorageError> {
        self.store.sessions.end(session).await
    }

    async fn end_all(&self, user: UserId, by: Option<&Act>) -> Result<u64, StorageError> {
        self.store.sessions.end_all(user, by).await
    }

    async fn purge(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let purged = self.store.sessions.purge(at, limit).await?;
        Ok(self.step(purged).await)
    }
}

#[async_trait]
impl AuthEvents for Between {
    async fn list(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        self.store.auth_events.list(filter, page).await
    }

    async fn summarize(
        &self,
        interval: &SummaryInterval,
        most: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        self.store.auth_events.summarize(interval, most).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let purged = self.store.auth_events.purge(before, limit).await?;
        Ok(self.step(purged).await)
    }
}

#[tokio::test]
async fn logins_are_written_between_the_steps_of_a_purge_of_sessions() {
    let store = Between::new("SELECT count(*) FROM sessions WHERE expires_at < '2021'").await;
    let rows = "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ends_at, \
                address, generation, refresh_key, history) NUMBERS SELECT \
                printf('00000000-0000-4000-8000-%012x', i), 'USER', \
                '2020-01-01T00:00:00+00:00', '2020-01-01T00:00:00+00:00', \
                '2020-02-01T00:00:00+00:00', '2020-02-01T00:00:00+00:00', '192.0.2.1', 1, 1, '' \
                FROM n";
    store.fill(rows).await;
    let purge = PurgeExpired {
        sessions: store.clone(),
        clients: store.store.clients.clone(),
        known_networks: store.store.known_networks.clone(),
        clock: Arc::new(ManualClock::new()),
    };
    assert_eq!(purge.run().await.unwrap().sessions, 2500);
    assert_eq!(store.logins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn logins_are_written_between_the_steps_of_a_purge_of_the_auth_log() {
    let left = "SELECT count(*) FROM auth_logs WHERE request_timestamp < '2021'";
    let store = Between::new(left).await;
    let rows = "INSERT INTO auth_logs (request_timestamp, request_ip, outcome, request_id) \
                NUMBERS SELECT '2020-01-01T00:00:00+00:00', '192.0.2.1', 'unknown_user', 'r' \
                FROM n";
    store.fill(rows).await;
    let purge = PurgeAuthEvents {
        auth_events: store.clone(),
        clock: Arc::new(ManualClock::new()),
        retention: Duration::from_hours(24),
    };
    assert_eq!(purge.run().await.unwrap(), 2500);
    assert_eq!(store.logins.load(Ordering::SeqCst), 2);
}
