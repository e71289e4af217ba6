use signet::{domain::KeyChange, ports::StorageError};

use crate::support::{
    clock::ManualClock,
    fixtures::{a_stored_key, a_time, new_user},
    store::TestStore,
};

fn column_of(error: &StorageError) -> (&'static str, &'static str, &str) {
    match error {
        StorageError::Corrupt {
            table, column, id, ..
        } => (table, column, id),
        StorageError::Unavailable(source) => panic!("{source}"),
    }
}

#[tokio::test]
async fn a_user_that_cannot_be_read_back_names_table_column_and_id() {
    for (column, value) in [
        ("email", "nowhere"),
        ("password_hash", "plain text"),
        ("status", "asleep"),
        ("username", "a"),
    ] {
        let store = TestStore::sqlite().await;
        let user = new_user("ada", "ada@example.com");
        store.users.register(&user).await.unwrap();
        let sql = format!("UPDATE users SET {column} = '{value}'");
        store.database().execute(&sql).await;
        let error = store
            .users
            .find_by_username(&user.username)
            .await
            .unwrap_err();
        assert_eq!(
            column_of(&error),
            ("users", column, user.id.to_string().as_str())
        );
        assert!(!error.to_string().contains("plain text"));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_read_back_names_table_column_and_kid() {
    for (column, value) in [
        ("algorithm", "'none'"),
        ("state", "'asleep'"),
        ("master_key_id", "'short'"),
        ("wrapped_data_key", "x'00'"),
        ("nonce", "x'00'"),
        ("format_version", "-1"),
        ("longest_lifetime", "-1"),
        ("nonce", "NULL"),
        ("created_at", "'yesterday'"),
        ("retired_at", "'yesterday'"),
        ("public_jwk", "x'ff'"),
    ] {
        let store = TestStore::sqlite().await;
        let kid = first_key(&store).await;
        let sql = format!("UPDATE keys SET {column} = {value} WHERE kid = '{kid}'");
        store.database().execute(&sql).await;
        let error = store.keys.load().await.unwrap_err();
        assert_eq!(column_of(&error), ("keys", column, kid.as_str()));
    }
}

/// Adds the first keys and returns the kid of one.
async fn first_key(store: &TestStore) -> String {
    let mut active = a_stored_key("active", a_time());
    active.life = active.life.activated(a_time());
    let next = a_stored_key("next", a_time());
    let begin = KeyChange::Begin { active, next };
    store
        .keys
        .change(&begin, &ManualClock::new())
        .await
        .unwrap();
    "active".to_owned()
}
