//! Many who present the tokens of one session at once.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use signet::{
    adapters::database::{Database, PostgresLimits, SqlSessionStore},
    domain::{Generation, PresentedToken, RefreshKeyId, SessionId},
    ports::{RefreshAttempt, Refreshed, SessionStore, Storage, StorageError},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::logged_in;
use crate::support::{
    clock::StoppedClock,
    fixtures::{a_time, an_origin},
    postgres::{PostgresDatabase, limits},
    tokens::session_terms,
};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// A session whose row someone holds, and a server of few connections.
struct Held {
    test: PostgresDatabase,
    holder: DatabaseConnection,
    database: Database,
    sessions: Arc<SqlSessionStore>,
}

impl Held {
    async fn with(limits: PostgresLimits) -> Option<Self> {
        let test = logged_in().await?;
        let holder = test.server.connect(&test.name).await;
        holder.execute_unprepared("BEGIN").await.unwrap();
        let hold = "SELECT id FROM sessions FOR UPDATE";
        holder.execute_unprepared(hold).await.unwrap();
        let url = test.url().parse().unwrap();
        let database = Database::open_postgres(&url, limits).await.unwrap();
        Some(Self {
            test,
            holder,
            sessions: Arc::new(SqlSessionStore::new(database.clone())),
            database,
        })
    }

    async fn let_go(&self) {
        self.holder.execute_unprepared("COMMIT").await.unwrap();
    }

    async fn waiting(&self) -> usize {
        let sql = "SELECT pid::text FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.test.rows(sql).await.len()
    }

    /// Goes on when PostgreSQL has a refresh wait for the row.
    async fn one_waits(&self) {
        let waits = async {
            while self.waiting().await == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waits).await.unwrap();
    }

    fn refresh(&self) -> impl Future<Output = Result<Refreshed, StorageError>> + use<> {
        let attempt = RefreshAttempt {
            session: SessionId::new(Uuid::from_u128(1)),
            token: PresentedToken {
                generation: Generation::FIRST,
                key: RefreshKeyId::FIRST,
            },
            clock: Arc::new(StoppedClock(a_time())),
            origin: an_origin(),
            refresh_key: RefreshKeyId::FIRST,
            terms: session_terms(),
        };
        let sessions = self.sessions.clone();
        async move { sessions.refresh(attempt).await }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_sessions_token_leaves_connections_to_others() {
    let few = PostgresLimits {
        pool_size: 2,
        ..limits()
    };
    let Some(held) = Held::with(few).await else {
        return;
    };
    let mut flood = JoinSet::new();
    for _ in 0..50 {
        flood.spawn(held.refresh());
    }
    held.one_waits().await;
    for _ in 0..20 {
        let others = tokio::time::timeout(PATIENCE, held.database.ping()).await;
        others.expect("the flood holds all connections").unwrap();
        assert_eq!(held.waiting().await, 1);
    }
    held.let_go().await;
    for refreshed in flood.join_all().await {
        let refreshed = refreshed.unwrap();
        assert!(matches!(refreshed, Refreshed::Current(..)), "{refreshed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_turn_at_a_session_waits_no_longer_than_for_a_connection() {
    let impatient = PostgresLimits {
        acquire_timeout: Duration::from_millis(200),
        ..limits()
    };
    let Some(held) = Held::with(impatient).await else {
        return;
    };
    let first = tokio::spawn(held.refresh());
    held.one_waits().await;
    let second = held.refresh().await;
    assert!(
        matches!(second, Err(StorageError::Unavailable(_))),
        "{second:?}"
    );
    held.let_go().await;
    assert!(matches!(first.await.unwrap(), Ok(Refreshed::Current(..))));
}

/// The step goes on without its caller, and so does the wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_gives_its_turn_to_nobody_before_its_step_ends() {
    let Some(held) = Held::with(limits()).await else {
        return;
    };
    let first = tokio::spawn(held.refresh());
    held.one_waits().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let second = tokio::spawn(held.refresh());
    for _ in 0..20 {
        held.database.ping().await.unwrap();
        assert_eq!(held.waiting().await, 1);
    }
    held.let_go().await;
    assert!(second.await.unwrap().is_ok());
}
