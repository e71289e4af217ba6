use std::{iter, sync::Arc};

use futures_util::future::{join, join_all};
use signet::{
    domain::{
        AuthFailure, Generation, KeyChange, MonotonicTime, PresentedToken, RefreshKeyId, SessionId,
        Timestamp,
    },
    ports::{Clock, KeyChanged, RefreshAttempt, RegisterError, Storage, StorageError},
};
use uuid::Uuid;

use super::refreshes::login;
use crate::support::{
    clock::ManualClock,
    fixtures::{a_time, an_act, an_origin, new_user},
    store::TestStore,
    tokens::session_terms,
};

/// On a runtime of one thread all of them stand in line before the first is
/// taken out of it.
async fn register(store: &TestStore, names: &[&str]) -> Vec<Result<(), RegisterError>> {
    let users: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| new_user(name, &format!("{name}-{number}@example.com")))
        .collect();
    let by = an_act();
    join_all(users.iter().map(|user| store.users.register(user, &by))).await
}

async fn usernames(store: &TestStore) -> Vec<String> {
    let rows = store
        .database()
        .rows("SELECT username FROM users ORDER BY username");
    rows.await.into_iter().flatten().collect()
}

#[tokio::test]
async fn writes_that_wait_are_committed_together() {
    let store = TestStore::sqlite().await;
    let names: Vec<_> = (0..100).map(|number| format!("user-{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let before = store.database().database.commits();
    let results = register(&store, &names).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(store.database().database.commits() - before, 1);
    assert_eq!(usernames(&store).await.len(), 100);
}

#[tokio::test]
async fn a_write_that_is_refused_leaves_the_others_of_its_group() {
    let store = TestStore::sqlite().await;
    let results = register(&store, &["ada", "ada", "bob"]).await;
    assert!(results[0].is_ok() && results[2].is_ok());
    assert!(matches!(results[1], Err(RegisterError::UsernameTaken)));
    assert_eq!(usernames(&store).await, ["ada", "bob"]);
}

/// Panics at the moment when the write reads the time.
pub struct BrokenClock;

impl Clock for BrokenClock {
    fn now(&self) -> Timestamp {
        panic!("the clock is broken");
    }

    fn monotonic(&self) -> MonotonicTime {
        MonotonicTime::default()
    }
}

#[tokio::test]
async fn a_write_that_panics_fails_its_caller_alone() {
    let store = TestStore::sqlite().await;
    let attempt = RefreshAttempt {
        session: SessionId::new(Uuid::nil()),
        token: PresentedToken {
            generation: Generation::FIRST,
            key: RefreshKeyId::FIRST,
        },
        clock: Arc::new(BrokenClock),
        origin: an_origin(),
        refresh_key: RefreshKeyId::FIRST,
        terms: session_terms(),
    };
    let before = store.database().database.commits();
    let names = (["ada"], ["bob"]);
    // A refresh comes into the line by a task of its own, which runs before
    // the one that commits when it is first.
    let (panicked, ada, bob) = tokio::join!(
        store.sessions.refresh(attempt),
        register(&store, &names.0),
        register(&store, &names.1)
    );
    assert!(ada[0].is_ok() && bob[0].is_ok());
    assert!(matches!(panicked, Err(StorageError::Unavailable(_))));
    assert_eq!(store.database().database.commits() - before, 1);
    assert_eq!(usernames(&store).await, ["ada", "bob"]);
}

/// What no write does, since its panics are caught, a watcher can.
#[tokio::test]
async fn a_database_that_nobody_is_left_to_write_is_not_ready() {
    let store = TestStore::sqlite().await;
    let database = &store.database().database;
    database.ping().await.unwrap();
    database.watch_groups(|_| panic!("the watcher is broken"));
    let result = &register(&store, &["ada"]).await[0];
    assert!(
        matches!(result, Err(RegisterError::Storage(_))),
        "{result:?}"
    );
    let refused = format!("{:?}", database.ping().await.unwrap_err());
    assert!(refused.contains("the writing task is gone"), "{refused}");
}

#[tokio::test]
async fn logins_that_wait_together_granted_and_refused_are_one_commit() {
    let store = TestStore::sqlite().await;
    let names = ["ada", "bob", "carol"];
    let users = names.map(|name| new_user(name, &format!("{name}@example.com")));
    for user in &users {
        store.users.register(user, &an_act()).await.unwrap();
    }
    let (log, at, origin) = (&store.auth_log, a_time(), an_origin());
    let logins: Vec<_> = (0..)
        .zip(&users)
        .map(|(number, user)| login(number, user))
        .collect();
    let granted = logins
        .iter()
        .map(|login| log.record_success(at, &origin, login));
    let failure = AuthFailure::WrongPassword(users[0].id);
    let refused = iter::repeat_n(failure, 2).map(|why| log.record_failure(at, &origin, why));
    let before = store.database().database.commits();
    let (granted, refused) = join(join_all(granted), join_all(refused)).await;
    assert!(granted.iter().all(Result::is_ok), "{granted:?}");
    assert!(refused.iter().all(Result::is_ok), "{refused:?}");
    assert_eq!(store.database().database.commits() - before, 1);
    assert_eq!(store.auth_log().await.len(), 5);
}

/// Told as what it is, and not as what that makes impossible.
fn assert_out_of_space(result: &Result<(), RegisterError>) {
    let text = format!("{result:?}");
    assert!(
        matches!(result, Err(RegisterError::Storage(_))) && text.contains("the disk is full"),
        "{text}"
    );
}

/// SQLite ends a transaction by itself when the disk is full; a trigger makes
/// it do that here.
#[tokio::test]
async fn after_a_transaction_that_the_database_gave_up_writes_are_durable_again() {
    let store = TestStore::sqlite().await;
    let trigger = "CREATE TRIGGER disk_full BEFORE INSERT ON users WHEN NEW.username = 'full' \
                   BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END";
    store.database().execute(trigger).await;
    let results = register(&store, &["ada", "full", "bob"]).await;
    for result in &results {
        assert_out_of_space(result);
    }
    assert_out_of_space(&register(&store, &["full"]).await[0]);
    assert!(usernames(&store).await.is_empty());
    let outdated = KeyChange::ExpireRefreshKeys {
        before: RefreshKeyId::new(9),
    };
    let changed = store
        .keys
        .change(&outdated, None, &ManualClock::new())
        .await;
    assert_eq!(changed.unwrap(), KeyChanged::Outdated);
    for name in ["carol", "dave"] {
        register(&store, &[name]).await.pop().unwrap().unwrap();
    }
    assert_eq!(usernames(&store).await, ["carol", "dave"]);
}

/// Some statements are sent to SQLite together with the next one, the last ones of a write with
/// the end of it.
async fn refuse_the_audit_of(store: &TestStore, name: &str) {
    let trigger = format!(
        "CREATE TRIGGER refused BEFORE INSERT ON audit_events WHEN NEW.after LIKE '%{name}%' \
         BEGIN SELECT RAISE(ABORT, 'not this one'); END"
    );
    store.database().execute(&trigger).await;
}

#[tokio::test]
async fn a_write_whose_last_statement_fails_leaves_the_others_of_its_group() {
    let store = TestStore::sqlite().await;
    refuse_the_audit_of(&store, "eve").await;
    let before = store.database().database.commits();
    let results = register(&store, &["ada", "eve", "bob"]).await;
    assert!(results[0].is_ok() && results[2].is_ok());
    let text = format!("{:?}", results[1]);
    assert!(text.contains("not this one"), "{text}");
    assert_eq!(usernames(&store).await, ["ada", "bob"]);
    assert_eq!(store.database().database.commits() - before, 1);
}

#[tokio::test]
async fn a_write_alone_whose_last_statement_fails_comes_to_nothing() {
    let store = TestStore::sqlite().await;
    refuse_the_audit_of(&store, "eve").await;
    let failed = register(&store, &["eve"]).await.pop().unwrap();
    let text = format!("{failed:?}");
    assert!(text.contains("not this one"), "{text}");
    assert!(usernames(&store).await.is_empty());
    register(&store, &["ada"]).await.pop().unwrap().unwrap();
    assert_eq!(usernames(&store).await, ["ada"]);
}
