use futures_util::future::join_all;
use signet::{
    domain::{KeyChange, RefreshKeyId},
    ports::{KeyChanged, RegisterError},
};

use crate::support::{clock::ManualClock, fixtures::new_user, store::TestStore};

/// On a runtime of one thread all of them stand in line before the first is
/// taken out of it.
async fn register(store: &TestStore, names: &[&str]) -> Vec<Result<(), RegisterError>> {
    let users: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| new_user(name, &format!("{name}-{number}@example.com")))
        .collect();
    join_all(users.iter().map(|user| store.users.register(user))).await
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
        assert!(
            matches!(result, Err(RegisterError::Storage(_))),
            "{result:?}"
        );
    }
    assert!(usernames(&store).await.is_empty());
    let outdated = KeyChange::ExpireRefreshKeys {
        before: RefreshKeyId::new(9),
    };
    let changed = store.keys.change(&outdated, &ManualClock::new()).await;
    assert_eq!(changed.unwrap(), KeyChanged::Outdated);
    for name in ["carol", "dave"] {
        register(&store, &[name]).await.pop().unwrap().unwrap();
    }
    assert_eq!(usernames(&store).await, ["carol", "dave"]);
}
