mod refresh;

use std::{sync::Arc, time::Duration};

use signet::{
    domain::{
        AccountStatus, AuthSuccess, Generation, NewUser, PresentedToken, RefreshKeyId,
        SESSIONS_PER_USER, Session, SessionId, Timestamp, TokenId,
    },
    ports::{RefreshAttempt, Refreshed},
};
use uuid::Uuid;

use crate::support::{
    clock::StoppedClock,
    fixtures::{a_hash, a_time, an_act, an_origin, new_user},
    store::{TestStore, on_every_store},
    tokens::{a_session, session_terms},
};

on_every_store![
    a_session_reads_back_as_its_login_began_it,
    an_unknown_session_is_none,
    a_session_is_found_until_it_is_over,
    a_session_of_a_disabled_account_is_not_found,
    the_sessions_of_a_user_are_listed_latest_begun_first,
    an_ended_session_is_gone,
    ending_all_sessions_spares_those_of_others,
    a_purge_deletes_what_is_over_and_no_more_than_its_limit,
    a_refresh_and_an_end_at_once_leave_no_session,
    a_login_beyond_the_bound_ends_the_session_that_was_not_used_for_longest,
];

fn at(seconds: u64) -> Timestamp {
    a_time() + Duration::from_secs(seconds)
}

fn id(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

async fn register(store: &TestStore, name: &str) -> NewUser {
    let user = new_user(name, &format!("{name}@example.com"));
    store.users.register(&user, &an_act()).await.unwrap();
    user
}

async fn begin(store: &TestStore, user: &NewUser, number: u128) -> Session {
    let session = a_session(number, user.id);
    let success = AuthSuccess {
        session: session.clone(),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(number)),
        verified: a_hash(),
        rehash: None,
    };
    let log = &store.auth_log;
    log.record_success(a_time(), &an_origin(), &success)
        .await
        .unwrap();
    session
}

async fn find(store: &TestStore, number: u128, at: Timestamp) -> Option<Session> {
    let found = store.sessions.find_live(id(number), at).await.unwrap();
    found.map(|(session, _)| session)
}

fn attempt(number: u128, generation: u32, at: Timestamp) -> RefreshAttempt {
    RefreshAttempt {
        session: id(number),
        token: PresentedToken {
            generation: Generation::new(generation),
            key: if generation == 1 {
                RefreshKeyId::FIRST
            } else {
                RefreshKeyId::new(7)
            },
        },
        clock: Arc::new(StoppedClock(at)),
        origin: an_origin(),
        refresh_key: RefreshKeyId::new(7),
        terms: session_terms(),
    }
}

async fn refresh(store: &TestStore, number: u128, generation: u32, at: Timestamp) -> Refreshed {
    let attempt = attempt(number, generation, at);
    store.sessions.refresh(attempt).await.unwrap()
}

fn current(refreshed: Refreshed) -> Session {
    match refreshed {
        Refreshed::Current(session, _) => *session,
        other => panic!("{other:?}"),
    }
}

async fn a_session_reads_back_as_its_login_began_it(store: &TestStore) {
    let user = register(store, "ada").await;
    let session = begin(store, &user, 1).await;
    let (found, account) = (store.sessions.find_live(id(1), at(1)).await.unwrap()).unwrap();
    assert_eq!(found, session);
    assert_eq!(account.id, user.id);
}

async fn an_unknown_session_is_none(store: &TestStore) {
    assert_eq!(refresh(store, 1, 1, at(1)).await, Refreshed::NoSession);
    assert_eq!(find(store, 1, at(1)).await, None);
    assert!(!store.sessions.end(id(1)).await.unwrap());
}

async fn a_session_is_found_until_it_is_over(store: &TestStore) {
    let user = register(store, "ada").await;
    let session = begin(store, &user, 1).await;
    let last = session.expires_at - Duration::from_micros(1);
    assert!(find(store, 1, last).await.is_some());
    assert!(find(store, 1, session.expires_at).await.is_none());
}

async fn a_session_of_a_disabled_account_is_not_found(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    store.set_status(user.id, AccountStatus::Disabled).await;
    assert_eq!(find(store, 1, at(1)).await, None);
}

async fn the_sessions_of_a_user_are_listed_latest_begun_first(store: &TestStore) {
    let (ada, bob) = (register(store, "ada").await, register(store, "bob").await);
    for number in 1..=3 {
        begin(store, &ada, number).await;
    }
    begin(store, &bob, 4).await;
    refresh(store, 2, 1, at(5)).await;
    let listed = store.sessions.list_live(ada.id, at(6)).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|session| session.id).collect();
    // Whoever uses one of them does not show in the order.
    assert_eq!(ids, [id(3), id(2), id(1)]);
    let late = listed[0].expires_at;
    let listed = store.sessions.list_live(ada.id, late).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|session| session.id).collect();
    assert_eq!(ids, [id(2)]);
}

async fn an_ended_session_is_gone(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    begin(store, &user, 2).await;
    assert!(store.sessions.end(id(1)).await.unwrap());
    assert!(!store.sessions.end(id(1)).await.unwrap());
    assert_eq!(find(store, 1, at(1)).await, None);
    assert!(find(store, 2, at(1)).await.is_some());
}

async fn ending_all_sessions_spares_those_of_others(store: &TestStore) {
    let (ada, bob) = (register(store, "ada").await, register(store, "bob").await);
    for (user, number) in [(&ada, 1), (&ada, 2), (&bob, 3)] {
        begin(store, user, number).await;
    }
    assert_eq!(store.sessions.end_all(ada.id, None).await.unwrap(), 2);
    assert_eq!(store.sessions.end_all(ada.id, None).await.unwrap(), 0);
    assert!(find(store, 3, at(1)).await.is_some());
}

async fn a_purge_deletes_what_is_over_and_no_more_than_its_limit(store: &TestStore) {
    let user = register(store, "ada").await;
    for number in 1..=5 {
        begin(store, &user, number).await;
    }
    let later = current(refresh(store, 5, 1, at(60)).await);
    let over = later.expires_at - Duration::from_secs(1);
    for expected in [3, 1, 0] {
        assert_eq!(store.sessions.purge(over, 3).await.unwrap(), expected);
    }
    assert!(find(store, 5, over).await.is_some());
}

async fn a_refresh_and_an_end_at_once_leave_no_session(store: &TestStore) {
    let user = register(store, "ada").await;
    for number in 1..=20 {
        begin(store, &user, number).await;
        let (here, there) = (&store.sessions, &store.elsewhere.sessions);
        let (refreshed, ended) = tokio::join!(
            here.refresh(attempt(number, 1, at(1))),
            there.end(id(number))
        );
        refreshed.unwrap();
        assert!(ended.unwrap());
        assert_eq!(find(store, number, at(1)).await, None);
    }
}

async fn a_login_beyond_the_bound_ends_the_session_that_was_not_used_for_longest(
    store: &TestStore,
) {
    let (ada, bob) = (register(store, "ada").await, register(store, "bob").await);
    begin(store, &bob, 1000).await;
    for number in 1..=SESSIONS_PER_USER as u128 {
        begin(store, &ada, number).await;
    }
    refresh(store, 1, 1, at(5)).await;
    begin(store, &ada, 500).await;
    let listed = store.sessions.list_live(ada.id, at(6)).await.unwrap();
    assert_eq!(listed.len(), SESSIONS_PER_USER);
    assert_eq!(find(store, 2, at(6)).await, None);
    for kept in [1, 500, 1000] {
        assert!(find(store, kept, at(6)).await.is_some(), "{kept}");
    }
}
