//! What becomes of rows that others change while a purge waits for them.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use signet::{
    adapters::database::{SqlKnownNetworks, SqlSessionStore},
    domain::Timestamp,
    ports::{KnownNetworks, SessionStore, StorageError},
};

use super::logged_in;
use crate::support::postgres::PostgresDatabase;

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

fn later() -> Timestamp {
    "2050-01-01T00:00:00Z".parse().unwrap()
}

/// What a purge deletes that comes upon a row which another transaction changes,
/// and goes on when that is committed.
async fn purged_beside(
    test: &PostgresDatabase,
    change: &str,
    purge: impl Future<Output = Result<u64, StorageError>> + Send + 'static,
) -> u64 {
    let other = test.server.connect(&test.name).await;
    other.execute_unprepared("BEGIN").await.unwrap();
    other.execute_unprepared(change).await.unwrap();
    let purge = tokio::spawn(purge);
    let sql = "SELECT pid::text FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting = async {
        while test.rows(sql).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    other.execute_unprepared("COMMIT").await.unwrap();
    purge.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_spares_a_session_that_is_refreshed_meanwhile() {
    let Some(test) = logged_in().await else {
        return;
    };
    let sessions = SqlSessionStore::new(test.database.clone());
    let change = "UPDATE sessions SET expires_at = '2100-01-01'";
    let purge = async move { sessions.purge(later(), 10).await };
    assert_eq!(purged_beside(&test, change, purge).await, 0);
    assert_eq!(test.rows("SELECT id FROM sessions").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_spares_a_network_that_someone_logs_in_from_meanwhile() {
    let Some(test) = logged_in().await else {
        return;
    };
    let networks = SqlKnownNetworks::new(test.database.clone());
    let change = "UPDATE known_networks SET last_login_at = '2100-01-01'";
    let purge = async move { networks.purge(later(), 10).await };
    assert_eq!(purged_beside(&test, change, purge).await, 0);
    let left = test.rows("SELECT network FROM known_networks").await;
    assert_eq!(left.len(), 1);
}
