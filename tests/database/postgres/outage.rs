//! What an outage does to those who come again after it.

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::database::SqlSessionStore,
    domain::{Generation, PresentedToken, RefreshKeyId, SessionId},
    ports::{RefreshAttempt, Refreshed, SessionStore, StorageError},
};
use uuid::Uuid;

use super::logged_in;
use crate::support::{
    clock::StoppedClock,
    fixtures::{a_time, an_origin},
    postgres::open,
    postgres_proxy::{PostgresProxy, Way},
    tokens::session_terms,
};

/// The first token of the session, so long after its beginning.
async fn refresh(sessions: &SqlSessionStore, later: Duration) -> Result<Refreshed, StorageError> {
    let attempt = RefreshAttempt {
        session: SessionId::new(Uuid::from_u128(1)),
        token: PresentedToken {
            generation: Generation::FIRST,
            key: RefreshKeyId::FIRST,
        },
        clock: Arc::new(StoppedClock(a_time() + later)),
        origin: an_origin(),
        refresh_key: RefreshKeyId::FIRST,
        terms: session_terms(),
    };
    sessions.refresh(attempt).await
}

/// Its client has the former token alone, and does right to present it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_was_stored_unanswered_ends_its_session_after_the_window() {
    let window = session_terms().reuse_window;
    for (outage, goes_on) in [(window, true), (window + Duration::from_secs(1), false)] {
        let Some(test) = logged_in().await else {
            return;
        };
        let proxy = PostgresProxy::start(test.server);
        let sessions = SqlSessionStore::new(open(&proxy.url(&test.name)).await);
        proxy.go(Way::CutAfterCommit);
        let refused = refresh(&sessions, Duration::ZERO).await;
        assert!(
            matches!(refused, Err(StorageError::Unavailable(_))),
            "{refused:?}"
        );
        // What PostgreSQL was given it does, in its own time.
        let stored = async {
            while test.rows("SELECT generation::text FROM sessions").await != [["2"]] {
                tokio::task::yield_now().await;
            }
        };
        let patience = Duration::from_mins(1);
        tokio::time::timeout(patience, stored).await.unwrap();
        proxy.go(Way::Open);
        let refreshed = refresh(&sessions, outage).await.unwrap();
        assert_eq!(matches!(refreshed, Refreshed::Current(..)), goes_on);
        assert_eq!(refreshed == Refreshed::Reused, !goes_on);
        let reuses = "SELECT outcome FROM auth_logs WHERE outcome = 'refresh_reuse'";
        assert_eq!(test.rows(reuses).await.is_empty(), goes_on);
    }
}
