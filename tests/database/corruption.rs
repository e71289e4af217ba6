use signet::{domain::KeyChange, ports::StorageError};

use crate::support::{
    clock::ManualClock,
    fixtures::{a_refresh_key, a_stored_key, a_time, an_act, new_user},
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

/// It would hold up whoever verifies it for more than a day.
const COSTLY: &str = "imported:$2b$31$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";

#[tokio::test]
async fn a_user_that_cannot_be_read_back_names_table_column_and_id() {
    for (column, value) in [
        ("email", "nowhere"),
        ("password_hash", "plain text"),
        ("password_hash", COSTLY),
        ("status", "asleep"),
        ("username", "a"),
    ] {
        let store = TestStore::sqlite().await;
        let user = new_user("ada", "ada@example.com");
        store.users.register(&user, &an_act()).await.unwrap();
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
        ("longest_lifetime", "9223372036854775807"),
        ("longest_lifetime", "315360000000001"),
        ("still_signing", "-1"),
        ("still_signing", "9223372036854775807"),
        ("publish_ahead", "-1"),
        ("publish_ahead", "315360000000001"),
        ("publish_ahead", "'soon'"),
        ("nonce", "NULL"),
        ("created_at", "'yesterday'"),
        ("retired_at", "'yesterday'"),
        ("public_jwk", "x'ff'"),
        ("ciphertext", "NULL"),
        ("activated_at", "NULL"),
        ("created_at", "'1969-12-31T23:59:59+00:00'"),
        ("published_at", "'+10000-01-01T00:00:00+00:00'"),
        ("retired_at", "'0001-01-01T00:00:00+00:00'"),
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
        .change(&begin, None, &ManualClock::new())
        .await
        .unwrap();
    "active".to_owned()
}

/// Changes the row of a key and returns the column that cannot be read back.
async fn refused_column(set: &str) -> &'static str {
    let store = TestStore::sqlite().await;
    let kid = first_key(&store).await;
    let sql = format!("UPDATE keys SET {set} WHERE kid = '{kid}'");
    store.database().execute(&sql).await;
    let error = store.keys.load().await.unwrap_err();
    column_of(&error).1
}

#[tokio::test]
async fn a_key_has_the_columns_of_its_state_and_no_others() {
    let sealed = "format_version = NULL, master_key_id = NULL, wrapped_data_key = NULL, \
                  nonce = NULL, ciphertext = NULL";
    let retired = "state = 'retired', retired_at = '2026-01-02T00:00:00+00:00'";
    let expired = "state = 'expired', expired_at = '2026-01-02T00:00:00+00:00'";
    for (set, column) in [
        // Whoever is not expired has a private part, and is not passed over.
        (sealed.to_owned(), "format_version"),
        // It would never expire.
        (retired.to_owned(), "tokens_expire_at"),
        ("state = 'retired'".to_owned(), "retired_at"),
        // It would be published.
        (expired.to_owned(), "format_version"),
        (
            format!("{expired}, {sealed}").replace("ciphertext = NULL", "ciphertext = x'00'"),
            "ciphertext",
        ),
        (format!("state = 'expired', {sealed}"), "expired_at"),
    ] {
        assert_eq!(refused_column(&set).await, column, "{set}");
    }
}

#[tokio::test]
async fn a_refresh_key_of_an_impossible_date_names_table_column_and_id() {
    for column in ["created_at", "signs_from"] {
        let store = TestStore::sqlite().await;
        let first = KeyChange::AddRefreshKey {
            latest: None,
            key: a_refresh_key(1),
        };
        store
            .keys
            .change(&first, None, &ManualClock::new())
            .await
            .unwrap();
        let sql = format!("UPDATE refresh_keys SET {column} = '+10000-01-01T00:00:00+00:00'");
        store.database().execute(&sql).await;
        let error = store.keys.load().await.unwrap_err();
        assert_eq!(column_of(&error), ("refresh_keys", column, "1"));
    }
}
