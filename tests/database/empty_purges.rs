use signet::domain::{AuthSuccess, TokenId};
use uuid::Uuid;

use crate::support::{
    auth_log::seconds,
    fixtures::{a_hash, an_act, an_origin, new_user},
    store::TestStore,
    tokens::a_session,
};

/// Purges what was over long ago, of which there is nothing.
async fn purge(store: &TestStore) {
    const LIMIT: u32 = 1000;
    let before = seconds(0);
    let purged = [
        store.sessions.purge(before, LIMIT).await,
        store.clients.purge_revoked(before, LIMIT).await,
        store.known_networks.purge(before, LIMIT).await,
        store.auth_events.purge(before, LIMIT).await,
        store.audit_log.purge(before, LIMIT).await,
    ];
    assert_eq!(purged.map(Result::unwrap), [0; 5]);
}

#[tokio::test]
async fn a_purge_that_finds_nothing_opens_no_connection_that_writes() {
    let store = TestStore::sqlite().await;
    purge(&store).await;
    assert_eq!(store.database().writer().open, 0);
}

#[tokio::test]
async fn a_purge_of_nothing_that_is_over_takes_no_turn_among_the_writes() {
    let store = TestStore::sqlite().await;
    let user = new_user("ada", "ada@example.com");
    store.users.register(&user, &an_act()).await.unwrap();
    let session = a_session(1, user.id);
    let (at, jti) = (session.created_at, TokenId::new(Uuid::nil()));
    let success = AuthSuccess {
        session: session.clone(),
        kid: "kid".parse().unwrap(),
        jti,
        verified: a_hash(),
        rehash: None,
    };
    let origin = an_origin();
    let recorded = store.auth_log.record_success(at, &origin, &success);
    recorded.await.unwrap();
    store
        .clients
        .revoke_token(jti, session.expires_at)
        .await
        .unwrap();
    let before = store.database().database.commits();
    purge(&store).await;
    assert_eq!(store.database().database.commits(), before);
}
