use std::{iter, pin::pin, sync::Arc, task::Poll};

use futures_util::{future::join_all, poll};
use signet::{
    domain::{AuthSuccess, Generation, NewUser, PresentedToken, RefreshKeyId, SessionId, TokenId},
    ports::{Clock, RefreshAttempt, Refreshed, StorageError},
};
use uuid::Uuid;

use super::group_commit::BrokenClock;
use crate::support::{
    clock::StoppedClock,
    fixtures::{a_time, an_act, an_origin, new_user},
    store::TestStore,
    tokens::{a_session, session_terms},
};

async fn with_sessions(count: u128) -> TestStore {
    let store = TestStore::sqlite().await;
    for number in 0..count {
        let name = format!("user-{number}");
        let user: NewUser = new_user(&name, &format!("{name}@example.com"));
        store.users.register(&user, &an_act()).await.unwrap();
        let (log, login) = (&store.auth_log, login(number, &user));
        let recorded = log.record_success(a_time(), &an_origin(), &login).await;
        recorded.unwrap();
    }
    store
}

/// With a session under this number.
pub(super) fn login(number: u128, user: &NewUser) -> AuthSuccess {
    AuthSuccess {
        session: a_session(number, user.id),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(number)),
        verified: user.password_hash.clone(),
        rehash: None,
    }
}

fn attempt(number: u128) -> RefreshAttempt {
    RefreshAttempt {
        session: SessionId::new(Uuid::from_u128(number)),
        token: PresentedToken {
            generation: Generation::FIRST,
            key: RefreshKeyId::FIRST,
        },
        clock: Arc::new(StoppedClock(a_time())),
        origin: an_origin(),
        refresh_key: RefreshKeyId::FIRST,
        terms: session_terms(),
    }
}

/// Which of them moved their sessions to the next generation.
async fn refresh(store: &TestStore, attempts: Vec<RefreshAttempt>) -> Vec<bool> {
    let attempts = attempts.into_iter().map(|a| store.sessions.refresh(a));
    let refreshed = join_all(attempts).await.into_iter();
    let next = Generation::new(2);
    refreshed
        .map(|refreshed| matches!(refreshed, Ok(Refreshed::Current(s, _)) if s.generation == next))
        .collect()
}

async fn generations(store: &TestStore) -> Vec<String> {
    let rows = store
        .database()
        .rows("SELECT generation FROM sessions ORDER BY id");
    rows.await.into_iter().flatten().collect()
}

#[tokio::test]
async fn refreshes_that_wait_are_committed_together_whatever_their_number() {
    let store = with_sessions(300).await;
    let before = store.database().database.commits();
    let refreshed = refresh(&store, (0..300).map(attempt).collect()).await;
    assert_eq!(refreshed, [true; 300]);
    assert_eq!(generations(&store).await, vec!["2"; 300]);
    // At most 256 at once.
    assert_eq!(store.database().database.commits() - before, 2);
}

#[tokio::test]
async fn a_session_that_cannot_be_read_fails_alone() {
    let store = with_sessions(3).await;
    let spoiled = Uuid::from_u128(1);
    let spoil = format!("UPDATE sessions SET history = 'x' WHERE id = '{spoiled}'");
    store.database().execute(&spoil).await;
    let refreshed = refresh(&store, (0..3).map(attempt).collect()).await;
    assert_eq!(refreshed, [true, false, true]);
    assert_eq!(generations(&store).await, ["2", "1", "2"]);
    let alone = store.sessions.refresh(attempt(1)).await;
    assert!(
        matches!(alone, Err(StorageError::Corrupt { .. })),
        "{alone:?}"
    );
}

#[tokio::test]
async fn a_refresh_that_panics_fails_alone() {
    let store = with_sessions(3).await;
    let mut attempts: Vec<_> = (0..3).map(attempt).collect();
    let broken: Arc<dyn Clock> = Arc::new(BrokenClock);
    attempts[1].clock = broken;
    assert_eq!(refresh(&store, attempts).await, [true, false, true]);
    assert_eq!(generations(&store).await, ["2", "1", "2"]);
}

#[tokio::test]
async fn callers_that_go_away_take_no_answer_from_others() {
    let store = with_sessions(3).await;
    {
        let first = pin!(store.sessions.refresh(attempt(0)));
        assert!(matches!(poll!(first), Poll::Pending));
    }
    assert_eq!(
        refresh(&store, (1..3).map(attempt).collect()).await,
        [true, true]
    );
    assert_eq!(generations(&store).await, vec!["2"; 3]);
}

/// A failure of the whole database is everyone's, and leaves a line that moves.
#[tokio::test]
async fn a_transaction_that_the_database_gives_up_fails_all_and_nothing_after() {
    let store = with_sessions(3).await;
    let full = Uuid::from_u128(1);
    let trigger = format!(
        "CREATE TRIGGER disk_full BEFORE UPDATE ON sessions WHEN NEW.id = '{full}' \
         BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END"
    );
    store.database().execute(&trigger).await;
    let refreshed = refresh(&store, (0..3).map(attempt).collect()).await;
    assert_eq!(refreshed, [false; 3]);
    assert_eq!(generations(&store).await, vec!["1"; 3]);
    for refreshed in join_all((0..2).map(|number| store.sessions.refresh(attempt(number)))).await {
        let text = format!("{refreshed:?}");
        assert!(text.contains("the disk is full"), "{text}");
    }
    let others = iter::once(0).chain([2]).map(attempt).collect();
    assert_eq!(refresh(&store, others).await, [true, true]);
    assert_eq!(generations(&store).await, ["2", "1", "2"]);
}
