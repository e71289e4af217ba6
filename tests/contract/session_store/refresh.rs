//! Refresh tokens that are presented.

use futures_util::future::join_all;
use signet::{
    domain::{AccountStatus, Generation, RefreshKeyId},
    ports::Refreshed,
};
use tokio::task::JoinSet;

use super::{at, attempt, begin, current, find, id, refresh, register};
use crate::support::{
    fixtures::a_time,
    store::{TestStore, alternate, on_every_store},
    tokens::session_terms,
};

on_every_store![
    a_refresh_moves_the_session_to_its_next_generation,
    fifty_concurrent_refreshes_of_one_token_end_in_one_generation,
    a_repeat_within_the_window_changes_nothing,
    a_reuse_ends_the_session_and_leaves_a_row,
    of_fifty_concurrent_reuses_one_leaves_a_row,
    a_session_that_is_over_is_deleted_by_its_refresh,
    a_session_of_a_disabled_account_is_deleted_by_its_refresh,
];

/// The outcomes in the auth log but for logins.
async fn refusals(store: &TestStore) -> Vec<String> {
    let rows = store.auth_log().await;
    let outcomes = rows.into_iter().map(|row| row[2].clone());
    outcomes.filter(|outcome| outcome != "success").collect()
}

async fn a_refresh_moves_the_session_to_its_next_generation(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    for generation in 1..4 {
        let refreshed = current(refresh(store, 1, generation, at(generation.into())).await);
        assert_eq!(refreshed.generation.number(), generation + 1);
        assert_eq!(refreshed.refresh_key, RefreshKeyId::new(7));
        assert_eq!(refreshed.last_used_at, at(generation.into()));
        assert_eq!(find(store, 1, at(9)).await, Some(refreshed));
    }
}

async fn fifty_concurrent_refreshes_of_one_token_end_in_one_generation(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let sessions = alternate(count, &store.sessions, &store.elsewhere.sessions);
        tasks.spawn(async move { sessions.refresh(attempt(1, 1, at(1))).await.unwrap() });
    }
    for refreshed in tasks.join_all().await {
        assert_eq!(current(refreshed).generation, Generation::new(2));
    }
}

async fn a_repeat_within_the_window_changes_nothing(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    refresh(store, 1, 1, at(1)).await;
    let latest = current(refresh(store, 1, 2, at(2)).await);
    let repeated = current(refresh(store, 1, 1, at(11)).await);
    assert_eq!(repeated, latest);
    assert_eq!(find(store, 1, at(11)).await, Some(latest));
}

async fn a_reuse_ends_the_session_and_leaves_a_row(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    refresh(store, 1, 1, at(1)).await;
    assert_eq!(refresh(store, 1, 1, at(12)).await, Refreshed::Reused);
    assert_eq!(find(store, 1, at(12)).await, None);
    assert_eq!(refresh(store, 1, 2, at(12)).await, Refreshed::NoSession);
    let row = store.auth_log().await.pop().unwrap();
    let expected = [
        "192.0.2.7",
        &user.id.to_string(),
        "refresh_reuse",
        "curl/8",
        "request-1",
        "NULL",
        "NULL",
        &id(1).to_string(),
        "NULL",
    ];
    assert_eq!(row, expected);
}

async fn of_fifty_concurrent_reuses_one_leaves_a_row(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    refresh(store, 1, 1, at(1)).await;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let sessions = alternate(count, &store.sessions, &store.elsewhere.sessions);
        tasks.spawn(async move { sessions.refresh(attempt(1, 1, at(60))).await.unwrap() });
    }
    let results = tasks.join_all().await;
    let reused = results.iter().filter(|r| **r == Refreshed::Reused).count();
    assert_eq!(reused, 1);
    assert_eq!(refusals(store).await, ["refresh_reuse"]);
}

#[tokio::test]
async fn in_memory_refreshes_at_once_are_judged_in_the_order_of_their_coming() {
    judges_in_the_order_of_their_coming(&TestStore::memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_refreshes_at_once_are_judged_in_the_order_of_their_coming() {
    judges_in_the_order_of_their_coming(&TestStore::sqlite().await).await;
}

/// The port wants some order; stores of one writer keep theirs.
async fn judges_in_the_order_of_their_coming(store: &TestStore) {
    let (ada, bob) = (register(store, "ada").await, register(store, "bob").await);
    for number in 1..=3 {
        begin(store, &ada, number).await;
    }
    begin(store, &bob, 4).await;
    store.set_status(bob.id, AccountStatus::Disabled).await;
    let over = a_time() + session_terms().idle;
    let attempts = [
        attempt(1, 1, at(1)),
        attempt(2, 1, at(1)),
        attempt(1, 1, at(2)),
        attempt(1, 2, at(3)),
        attempt(3, 1, over),
        // Consumed long ago, after which even the current one is nothing.
        attempt(1, 1, at(40)),
        attempt(1, 3, at(40)),
        attempt(4, 1, at(1)),
        attempt(5, 1, at(1)),
    ];
    let refreshing = attempts.map(|attempt| store.sessions.refresh(attempt));
    let refreshed: Vec<_> = join_all(refreshing).await;
    let told: Vec<_> = refreshed
        .into_iter()
        .map(|refreshed| match refreshed.unwrap() {
            Refreshed::Current(session, user) => {
                format!("{} of {}", session.generation, user.username)
            }
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "2 of ada",
        "2 of ada",
        "2 of ada",
        "3 of ada",
        "NoSession",
        "Reused",
        "NoSession",
        "NoSession",
        "NoSession",
    ];
    assert_eq!(told, expected);
    assert_eq!(find(store, 1, at(40)).await, None);
    let kept = find(store, 2, at(40)).await.unwrap();
    assert_eq!(kept.generation, Generation::new(2));
    assert_eq!(refusals(store).await, ["refresh_reuse"]);
}

async fn a_session_that_is_over_is_deleted_by_its_refresh(store: &TestStore) {
    let user = register(store, "ada").await;
    let session = begin(store, &user, 1).await;
    let refreshed = refresh(store, 1, 1, session.expires_at).await;
    assert_eq!(refreshed, Refreshed::NoSession);
    assert_eq!(find(store, 1, at(1)).await, None);
    assert!(refusals(store).await.is_empty());
}

async fn a_session_of_a_disabled_account_is_deleted_by_its_refresh(store: &TestStore) {
    let user = register(store, "ada").await;
    begin(store, &user, 1).await;
    store.set_status(user.id, AccountStatus::Disabled).await;
    assert_eq!(refresh(store, 1, 1, at(1)).await, Refreshed::NoSession);
    store.set_status(user.id, AccountStatus::Active).await;
    assert_eq!(find(store, 1, at(1)).await, None);
}
