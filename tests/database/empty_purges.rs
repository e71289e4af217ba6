use crate::support::{auth_log::seconds, store::TestStore};

const LIMIT: u32 = 1000;

#[tokio::test]
async fn a_purge_that_finds_nothing_takes_no_turn_among_the_writes() {
    let store = TestStore::sqlite().await;
    let before = store.database().database.commits();
    let at = seconds(0);
    let purged = [
        store.sessions.purge(at, LIMIT).await,
        store.clients.purge_revoked(at, LIMIT).await,
        store.known_networks.purge(at, LIMIT).await,
        store.auth_events.purge(at, LIMIT).await,
        store.audit_log.purge(at, LIMIT).await,
    ];
    assert_eq!(purged.map(Result::unwrap), [0; 5]);
    assert_eq!(store.database().database.commits(), before);
}
